// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Loads a library that is not ours, with the versions that it was made for, apart from our own
 * class path: SOFAJRaft needs a protobuf and a Netty that are years older than ours. Its jars lie
 * in {@code peers/<name>}, beside the folder of our own jars or of our compiled classes; they are
 * read only when somebody asks for that peer.
 *
 * <p>Shared with us are the JDK, our own classes but for the adapter, the logging façade, and
 * RocksDB: two versions of its native library in one process would share static variables and
 * crash.
 */
final class PeerLoader extends URLClassLoader {
  private static final String ADAPTERS = "io.quorate.bench.peers.";
  private static final int FOLDERS_ABOVE_MAX = 2;
  private static final List<String> SHARED =
      List.of("java.", "javax.", "jdk.", "sun.", "io.quorate.", "org.slf4j.", "org.rocksdb.");

  private PeerLoader(URL[] urls) {
    super("peer", urls, PeerLoader.class.getClassLoader());
  }

  /** The contender, in a class loader of its own. */
  static Contender load(String peer) {
    Path own = ownPlace();
    Path folder = folder(own, peer);
    List<URL> urls = new ArrayList<>();
    try (Stream<Path> files = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
      for (Path jar : files.sorted().toList()) {
        urls.add(jar.toUri().toURL());
      }
      if (urls.isEmpty()) {
        throw new ContenderFailure(
            "the library of "
                + peer
                + " is not at hand: build with Maven, so that "
                + folder
                + " holds its jars");
      }
      urls.add(own.toUri().toURL());
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a file has no URL below " + folder, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + folder, e);
    }
    PeerLoader loader = new PeerLoader(urls.toArray(new URL[0]));
    String adapter =
        ADAPTERS + peer + "." + Character.toUpperCase(peer.charAt(0)) + peer.substring(1) + "Peer";
    return loader.as(() -> {
      try {
        Object made = loader.loadClass(adapter).getDeclaredConstructor().newInstance();
        return loader.new Apart((Contender) made);
      } catch (ReflectiveOperationException | LinkageError e) {
        throw new ContenderFailure("the library of " + peer + " does not fit: " + e, e);
      }
    });
  }

  /** Beside the jars of the distribution, or in a module's target folder above its classes. */
  private static Path folder(Path own, String peer) {
    Path first = own.resolveSibling("peers").resolve(peer);
    Path at = own.getParent();
    for (int above = 0; above < FOLDERS_ABOVE_MAX && at != null; above++) {
      Path folder = at.resolve("peers").resolve(peer);
      if (Files.isDirectory(folder)) {
        return folder;
      }
      at = at.getParent();
    }
    return first;
  }

  private static Path ownPlace() {
    try {
      return Path.of(PeerLoader.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("our own classes have no place", e);
    }
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    boolean apart =
        name.startsWith(ADAPTERS) || SHARED.stream().noneMatch(each -> name.startsWith(each));
    if (!apart) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        try {
          loaded = findClass(name);
        } catch (ClassNotFoundException e) {
          // The JDK has packages beside java and javax, such as org.w3c.
          loaded = ClassLoader.getPlatformClassLoader().loadClass(name);
        }
      }
      return loaded;
    }
  }

  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own != null ? own : super.getResource(name);
  }

  /** Services and native libraries of our own class path are not the peer's. */
  @Override
  public Enumeration<URL> getResources(String name) throws IOException {
    return findResources(name);
  }

  private <T> T as(java.util.function.Supplier<T> work) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(this);
    try {
      return work.get();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** A peer's threads inherit the context class loader under which it starts them. */
  private final class Apart implements Contender {
    private final Contender peer;

    Apart(Contender peer) {
      this.peer = peer;
    }

    @Override
    public String parts() {
      return peer.parts();
    }

    @Override
    public int morePorts() {
      return peer.morePorts();
    }

    @Override
    public String durability(GroupSetup setup) {
      return peer.durability(setup);
    }

    @Override
    public String settings(GroupSetup setup) {
      return peer.settings(setup);
    }

    @Override
    public Replica start(GroupSetup setup, int node) {
      return as(() -> peer.start(setup, node));
    }

    @Override
    public Target connect(GroupSetup setup) {
      return as(() -> peer.connect(setup));
    }

    @Override
    public void cleanUp(GroupSetup setup) {
      peer.cleanUp(setup);
    }
  }
}
