// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Loads the product and its tests anew from the class path, with some classes replaced; everything
 * else comes from the parent.
 */
final class MutantLoader extends URLClassLoader {
  private static final String OURS = "io.quorate.";

  private final Map<String, byte[]> replaced;

  MutantLoader(Map<String, byte[]> replaced) {
    super("mutant", urls(), MutantLoader.class.getClassLoader());
    this.replaced = replaced;
  }

  /** Where surefire has put a path that is too long for a command line, else the plain path. */
  static String classPath() {
    String surefire = System.getProperty("surefire.test.class.path");
    return surefire == null ? System.getProperty("java.class.path", "") : surefire;
  }

  @Nullable String call(String entryPoint) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(this);
    try {
      Constructor<?> constructor = loadClass(entryPoint).getDeclaredConstructor();
      constructor.setAccessible(true);
      Object result = ((Callable<?>) constructor.newInstance()).call();
      return result == null ? null : result.toString();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(entryPoint + " cannot be run", e);
    } catch (RuntimeException | IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(entryPoint + " failed", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      return known == null ? findClass(name) : known;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = replaced.get(name);
    return bytes == null ? super.findClass(name) : defineClass(name, bytes, 0, bytes.length);
  }

  private static URL[] urls() {
    String[] places = classPath().split(File.pathSeparator);
    URL[] urls = new URL[places.length];
    try {
      for (int i = 0; i < places.length; i++) {
        urls[i] = new File(places[i]).toURI().toURL();
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException("class path has no URLs: " + classPath(), e);
    }
    return urls;
  }
}
