package io.millrace.topics;

import io.millrace.daemon.InvalidConfig;
import io.millrace.daemon.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, comma separated; default localhost:9092
 * @param properties any other Kafka client key, given unchanged to every client: TLS, SASL,
 *     timeouts. Values are treated as secrets. What the guarantees rest on cannot be set.
 */
public record KafkaConfig(String bootstrapServers, Map<String, Secret> properties) {

  public static final KafkaConfig DEFAULT = new KafkaConfig("localhost:9092", Map.of());

  /** Keys that decide whether data can be lost; they are ours. */
  private static final Set<String> RESERVED =
      Set.of(
          "acks",
          "enable.idempotence",
          "enable.auto.commit",
          "auto.offset.reset",
          "isolation.level",
          "key.serializer",
          "value.serializer",
          "key.deserializer",
          "value.deserializer",
          "bootstrap.servers",
          "group.id");

  public KafkaConfig {
    if (!bootstrapServers.matches("[^,:\\s]+:\\d+(\\s*,\\s*[^,:\\s]+:\\d+)*")) {
      throw new InvalidConfig("bootstrap-servers", bootstrapServers, "host:port, comma separated");
    }
    properties = Map.copyOf(properties);
    for (String key : properties.keySet()) {
      if (RESERVED.contains(key)) {
        throw new InvalidConfig(
            "properties." + key, "set", "not this key: the delivery guarantee depends on it");
      }
    }
  }

  /**
   * Why a client refuses its configuration, without the parts of secrets that Kafka quotes when it
   * cannot read {@code sasl.jaas.config}.
   */
  public static String refusal(KafkaException failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = String.valueOf(cause.getMessage());
    return message.contains("JAAS config")
        ? "kafka.properties.sasl.jaas.config: unreadable"
            + " (expected: MODULE required KEY=\"VALUE\" ... ;)"
        : message;
  }

  /** The base of every client's configuration; a role adds its own keys. */
  public Map<String, Object> clientProperties(String clientId) {
    Map<String, Object> result = new LinkedHashMap<>();
    properties.forEach((key, value) -> result.put(key, value.value()));
    result.put("bootstrap.servers", bootstrapServers);
    result.put("client.id", clientId);
    return result;
  }
}
