package io.millrace.gateway;

import static org.apache.kafka.clients.producer.ProducerConfig.ACKS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BATCH_SIZE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.BUFFER_MEMORY_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.COMPRESSION_TYPE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.LINGER_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_BLOCK_MS_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.MAX_REQUEST_SIZE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.METADATA_MAX_IDLE_CONFIG;
import static org.apache.kafka.clients.producer.ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** The Kafka producer's configuration. */
final class ProducerSettings {

  /** Buffers are handed out a whole batch at a time, one or more for each partition in use. */
  private static final int PARTLY_FILLED_BATCHES = 128;

  /** One produce request carries batches of many partitions. */
  private static final int LEAST_REQUEST_BYTES = 8 << 20;

  /**
   * Kafka's default of 3 makes OTLP no smaller, at more than twice the cost for batches of this
   * size: bench/README.md has the figures.
   */
  private static final int ZSTD_LEVEL = 1;

  private ProducerSettings() {}

  static Map<String, Object> of(GatewayConfig config) {
    GatewaySection gateway = config.gateway();
    PublisherConfig producer = gateway.producer();
    Map<String, Object> settings = config.kafka().clientProperties("millrace-gateway");
    settings.put(ACKS_CONFIG, "all");
    settings.put(ENABLE_IDEMPOTENCE_CONFIG, true);
    // send() is called on event loops: without metadata or room it must fail, never wait.
    settings.put(MAX_BLOCK_MS_CONFIG, 0);
    // Metadata once known is kept, or the first request after a quiet hour would be refused.
    settings.put(METADATA_MAX_IDLE_CONFIG, Duration.ofDays(365).toMillis());
    settings.put(
        BUFFER_MEMORY_CONFIG,
        gateway.maxInFlightBytes() + (long) PARTLY_FILLED_BATCHES * producer.batchBytes());
    settings.put(MAX_REQUEST_SIZE_CONFIG, maxRequestSize(config));
    settings.put(COMPRESSION_TYPE_CONFIG, producer.compression().name().toLowerCase(Locale.ROOT));
    settings.putIfAbsent(COMPRESSION_ZSTD_LEVEL_CONFIG, ZSTD_LEVEL);
    settings.put(LINGER_MS_CONFIG, producer.linger().toMillis());
    settings.put(BATCH_SIZE_CONFIG, producer.batchBytes());
    settings.put(DELIVERY_TIMEOUT_MS_CONFIG, (int) producer.deliveryTimeout().toMillis());
    // Two attempts fit, so that a broker which falls silent does not cost the request.
    Duration attempt = producer.deliveryTimeout().minus(producer.linger()).dividedBy(2);
    settings.putIfAbsent(REQUEST_TIMEOUT_MS_CONFIG, (int) attempt.toMillis());
    return settings;
  }

  private static int maxRequestSize(GatewayConfig config) {
    return Arrays.stream(Signal.values())
        .mapToInt(signal -> config.topics().of(signal).maxMessageBytes())
        .reduce(LEAST_REQUEST_BYTES, Math::max);
  }
}
