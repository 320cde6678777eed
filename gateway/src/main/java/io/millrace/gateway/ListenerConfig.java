package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;

/**
 * An address on which OTLP is taken.
 *
 * @param host address to bind; default all
 * @param port TCP port, 0 to 65535, 0 for any free one
 */
public record ListenerConfig(String host, int port) {

  public ListenerConfig {
    if (host.isBlank()) {
      throw new InvalidConfig("host", "\"" + host + "\"", "an address to bind");
    }
    if (port < 0 || port > 65535) {
      throw new InvalidConfig("port", port, "0 to 65535");
    }
  }
}
