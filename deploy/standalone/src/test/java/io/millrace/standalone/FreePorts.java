package io.millrace.standalone;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for processes that must find the same ones after a restart. */
public final class FreePorts {

  /** Below those that Linux gives to whoever asks for any: nobody is given them in between. */
  private static final int FROM = 10_000;

  private static final int TO = 32_768;

  private FreePorts() {}

  /** So many different ports that nobody listens on now. */
  public static List<Integer> choose(int count) {
    List<Integer> ports = new ArrayList<>();
    while (ports.size() < count) {
      int port = ThreadLocalRandom.current().nextInt(FROM, TO);
      if (!ports.contains(port) && isFree(port)) {
        ports.add(port);
      }
    }
    return ports;
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port)) {
      return socket.isBound();
    } catch (IOException inUse) {
      return false;
    }
  }
}
