// Copyright the Quorate authors. SPDX-License-Identifier: Apache-2.0

package io.quorate.bench.compare;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Wires between replicas that can be cut: for each direction of each pair a door, that is a port of
 * its own through which the one reaches the other. A cut wire passes nothing and breaks no
 * connection, like a network that loses every packet; what was sent meanwhile arrives when it is
 * mended, as TCP would send it again.
 */
final class Links implements AutoCloseable {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int BACKLOG = 64;

  private final List<Wire> wires = new CopyOnWriteArrayList<>();

  /**
   * Opens a door.
   *
   * @param from the replica that will use it
   * @param to the replica behind it; 0 for the object store
   * @param port at which that one listens, on loopback
   * @return the port of the door
   */
  int open(int from, int to, int port) throws IOException {
    Wire wire = new Wire(from, to, port);
    wires.add(wire);
    Thread.ofPlatform().name("door-" + from + "-" + to).daemon().start(wire::accept);
    return wire.door.getLocalPort();
  }

  /** Lets nothing pass from or to a replica. */
  void cut(int replica) {
    for (Wire wire : wires) {
      if (wire.from == replica || wire.to == replica) {
        wire.set(true);
      }
    }
  }

  /** Lets everything pass. */
  void mend() {
    for (Wire wire : wires) {
      wire.set(false);
    }
  }

  @Override
  public void close() {
    for (Wire wire : wires) {
      wire.close();
    }
  }

  /** One direction of calling; bytes go both ways. */
  private static final class Wire {
    private final int from;
    private final int to;
    private final int port;
    private final ServerSocket door;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean cut;
    private boolean closed;

    Wire(int from, int to, int port) throws IOException {
      this.from = from;
      this.to = to;
      this.port = port;
      this.door = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    void accept() {
      try {
        while (true) {
          Socket caller = door.accept();
          Thread.ofPlatform().name("wire").daemon().start(() -> connect(caller));
        }
      } catch (IOException e) {
        close();
      }
    }

    private void connect(Socket caller) {
      try {
        if (!pass()) {
          caller.close();
          return;
        }
        Socket called = new Socket(InetAddress.getLoopbackAddress(), port);
        keep(caller, called);
        Thread.ofPlatform().name("wire").daemon().start(() -> pump(called, caller));
        pump(caller, called);
      } catch (IOException e) {
        closeQuietly(caller);
      }
    }

    private synchronized void keep(Socket caller, Socket called) throws IOException {
      caller.setTcpNoDelay(true);
      called.setTcpNoDelay(true);
      sockets.removeIf(Socket::isClosed);
      sockets.add(caller);
      sockets.add(called);
    }

    private void pump(Socket source, Socket sink) {
      byte[] chunk = new byte[CHUNK_BYTES];
      try (InputStream in = source.getInputStream();
          OutputStream out = sink.getOutputStream()) {
        for (int read = in.read(chunk); read >= 0 && pass(); read = in.read(chunk)) {
          out.write(chunk, 0, read);
        }
      } catch (IOException e) {
        // One end is gone, so the other one must learn of it: but not through a cut.
        pass();
      } finally {
        closeQuietly(source);
        closeQuietly(sink);
      }
    }

    /** Waits while the wire is cut; false once it is closed. */
    private synchronized boolean pass() {
      while (cut && !closed) {
        try {
          wait();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      return !closed;
    }

    synchronized void set(boolean isCut) {
      cut = isCut;
      notifyAll();
    }

    synchronized void close() {
      closed = true;
      notifyAll();
      closeQuietly(door);
      sockets.forEach(Wire::closeQuietly);
    }

    private static void closeQuietly(AutoCloseable socket) {
      try {
        socket.close();
      } catch (Exception e) {
        // It is given up either way.
        Thread.yield();
      }
    }
  }
}
