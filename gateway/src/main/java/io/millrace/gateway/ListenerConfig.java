package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;

/**
 * An address on which OTLP is taken.
 *
 * @param host address to bind; default all
 * @param port TCP port, 0 to 65535, 0 for any free one
 * @param tls default none: plain text
 * @param proxyProtocol a second port, for load balancers; default none
 * @param requireCredentials whether requests need a credential, once there is a file of them;
 *     default true. If not, credentials are not looked at
 */
public record ListenerConfig(
    String host,
    int port,
    TlsConfig tls,
    ProxyProtocolConfig proxyProtocol,
    boolean requireCredentials) {

  ListenerConfig(String host, int port) {
    this(host, port, TlsConfig.NONE);
  }

  ListenerConfig(String host, int port, TlsConfig tls) {
    this(host, port, tls, ProxyProtocolConfig.NONE, true);
  }

  public ListenerConfig {
    if (host.isBlank()) {
      throw new InvalidConfig("host", "\"" + host + "\"", "an address to bind");
    }
    requirePort(port);
  }

  static void requirePort(int port) {
    if (port < 0 || port > 65535) {
      throw new InvalidConfig("port", port, "0 to 65535");
    }
  }
}
