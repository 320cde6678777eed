package io.millrace.daemon;

/**
 * Where the admin port listens.
 *
 * @param host address to bind; default all
 * @param port TCP port, 0 to 65535, 0 for any free one; default 9464
 */
public record AdminConfig(String host, int port) {

  public static final AdminConfig DEFAULT = new AdminConfig("0.0.0.0", 9464);

  public AdminConfig {
    if (host.isBlank()) {
      throw new InvalidConfig("host", "\"" + host + "\"", "an address to bind");
    }
    if (port < 0 || port > 65535) {
      throw new InvalidConfig("port", port, "0 to 65535");
    }
  }
}
