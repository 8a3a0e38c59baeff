// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.sim.mutant;

import java.io.File;
import java.lang.reflect.Constructor;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
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

  /** What happens to an object of this loader's classes. */
  interface Use<R extends @Nullable Object> {
    R with(Object object) throws ReflectiveOperationException;
  }

  /**
   * Makes an object with its constructor without parameters, and uses it as a program of these
   * classes would.
   */
  <R extends @Nullable Object> R use(String className, Use<R> use) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(this);
    try {
      return use.with(made(loadClass(className)));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(className + " cannot be run", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** An object of a class that need not be public. */
  static Object made(Class<?> type) throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    return constructor.newInstance();
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
