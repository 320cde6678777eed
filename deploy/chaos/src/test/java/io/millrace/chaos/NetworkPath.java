package io.millrace.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The network between clients and a server, as a TCP proxy on the loopback address. While it is cut
 * nothing comes through and nobody is told: connections stay open and silent, as behind a cable
 * that was pulled. What was on the way arrives when it is mended, if anybody still waits for it.
 */
final class NetworkPath implements AutoCloseable {

  private static final int BUFFER_BYTES = 64 << 10;

  private final ServerSocket listener;
  private final int target;
  private final Gate requests = new Gate();
  private final Gate answers = new Gate();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private NetworkPath(ServerSocket listener, int target) {
    this.listener = listener;
    this.target = target;
  }

  /**
   * @param port where clients connect
   * @param target where they get to
   */
  static NetworkPath open(int port, int target) {
    try {
      ServerSocket listener = new ServerSocket(port, 200, InetAddress.getLoopbackAddress());
      NetworkPath path = new NetworkPath(listener, target);
      daemon("path-" + port, path::accept);
      return path;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of both directions. */
  void cut() {
    requests.shut();
    answers.shut();
  }

  /** Requests arrive and are acted on; who has sent them does not learn of it. */
  void cutAnswers() {
    answers.shut();
  }

  void mend() {
    requests.open();
    answers.open();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        sockets.add(client);
        daemon("path-client", () -> connect(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void connect(Socket client) {
    try {
      requests.pass();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(server);
      daemon("path-server", () -> pump(server, client, answers));
      pump(client, server, requests);
    } catch (IOException nobodyThere) {
      close(client);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Until one of them hangs up; then the other is told. */
  private void pump(Socket from, Socket to, Gate gate) {
    byte[] buffer = new byte[BUFFER_BYTES];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      int length;
      while ((length = in.read(buffer)) >= 0) {
        gate.pass();
        out.write(buffer, 0, length);
      }
      gate.pass();
    } catch (IOException hungUp) {
      // Both are closed, which is all there is to do.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      sockets.remove(from);
      sockets.remove(to);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    mend();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.forEach(NetworkPath::close);
  }
}
