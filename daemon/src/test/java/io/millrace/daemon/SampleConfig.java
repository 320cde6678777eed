package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A configuration with every type of value, public parts and package-private ones. */
record SampleConfig(
    AdminConfig admin,
    Limits limits,
    String name,
    Secret token,
    Mode mode,
    Optional<URI> endpoint,
    Optional<Listener> tls,
    Path directory,
    List<String> tenants,
    Map<String, Secret> properties,
    Map<String, Listener> listeners,
    List<Route> routes,
    JsonNode policies) {

  static final SampleConfig DEFAULT =
      new SampleConfig(
          AdminConfig.DEFAULT,
          new Limits(1 << 20, 1L << 30, 0.5, true, Duration.ofMillis(200)),
          "sample",
          new Secret("hunter2"),
          Mode.AT_LEAST_ONCE,
          Optional.empty(),
          Optional.empty(),
          Path.of("data"),
          List.of("one", "two"),
          Map.of("client.rack", new Secret("hunter3")),
          Map.of(),
          List.of(),
          NullNode.instance);

  enum Mode {
    AT_LEAST_ONCE,
    NONE
  }

  record Limits(int maxBytes, long totalBytes, double ratio, boolean strict, Duration maxWait) {

    Limits {
      if (maxBytes < 1) {
        throw new InvalidConfig("max-bytes", maxBytes, "at least 1");
      }
      if (maxBytes > totalBytes) {
        throw new InvalidConfig("", "max-bytes above total-bytes", "the total to be larger");
      }
      if (maxWait.isZero()) {
        throw new InvalidConfig("max-wait", maxWait, "more than 0");
      }
    }
  }

  record Listener(String host, int port) {
    public static final Listener DEFAULT = new Listener("localhost", 4317);
  }

  /** No defaults: what it needs must be given. */
  record Route(String tenant, Optional<Integer> partition, List<String> keys) {}
}
