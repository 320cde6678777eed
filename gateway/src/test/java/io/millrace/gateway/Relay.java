package io.millrace.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A load balancer: gives every connection on to a port, after a header of its own. */
final class Relay implements AutoCloseable {

  private final ServerSocket server;
  private final byte[] header;
  private final int targetPort;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  private Relay(ServerSocket server, byte[] header, int targetPort) {
    this.server = server;
    this.header = header;
    this.targetPort = targetPort;
  }

  static Relay to(int targetPort, byte... header) throws IOException {
    Relay relay =
        new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), header, targetPort);
    thread(relay::accept);
    return relay;
  }

  int port() {
    return server.getLocalPort();
  }

  /** So many connections have been made so far. */
  int connections() {
    return sockets.size() / 2;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Socket target = new Socket(InetAddress.getLoopbackAddress(), targetPort);
        sockets.addAll(List.of(client, target));
        target.getOutputStream().write(header);
        thread(() -> pump(client, target));
        thread(() -> pump(target, client));
      }
    } catch (IOException e) {
      if (!server.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    try (from;
        to;
        InputStream in = from.getInputStream()) {
      in.transferTo(to.getOutputStream());
    } catch (IOException e) {
      // One side has hung up: the other is closed as well.
    }
  }

  private static void thread(Runnable task) {
    Thread thread = new Thread(task, "relay");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
