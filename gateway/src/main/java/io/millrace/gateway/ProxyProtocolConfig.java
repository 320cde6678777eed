package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.util.List;
import java.util.Optional;

/**
 * A second port of a listener, for load balancers that speak the PROXY protocol, version 1 or 2.
 * Every connection must begin with its header.
 *
 * @param port TCP port, 0 to 65535, 0 for any free one; default none
 * @param trusted addresses of the load balancers, such as {@code 10.0.0.0/8} or {@code ::1}: the
 *     header says who the client is, so it is believed from nobody else. Needed with a port
 */
public record ProxyProtocolConfig(Optional<Integer> port, List<String> trusted) {

  public static final ProxyProtocolConfig NONE =
      new ProxyProtocolConfig(Optional.empty(), List.of());

  public ProxyProtocolConfig {
    trusted = List.copyOf(trusted);
    for (String range : trusted) {
      if (AddressRange.parse(range).isEmpty()) {
        throw new InvalidConfig(
            "trusted", range, "addresses such as 10.1.2.3, 10.0.0.0/8 or fd00::/8");
      }
    }
    port.ifPresent(ListenerConfig::requirePort);
    if (port.isPresent() && trusted.isEmpty()) {
      throw new InvalidConfig("trusted", "none", "the addresses of the load balancers");
    }
    if (port.isEmpty() && !trusted.isEmpty()) {
      throw new InvalidConfig("port", "none", "the port on which the trusted ones connect");
    }
  }

  /** The ranges that are trusted. */
  List<AddressRange> ranges() {
    return trusted.stream().flatMap(range -> AddressRange.parse(range).stream()).toList();
  }
}
