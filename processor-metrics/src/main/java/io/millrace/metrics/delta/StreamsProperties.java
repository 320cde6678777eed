package io.millrace.metrics.delta;

import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** The configuration of Kafka Streams. What exactly once rests on stands over what users set. */
final class StreamsProperties {

  /** A compression context is set up for each batch: they should be worth it. */
  private static final int BATCH_BYTES = 128 << 10;

  private StreamsProperties() {}

  /** Name of the application and of its consumer group; its changelogs begin with it. */
  static String application(String groupPrefix) {
    return groupPrefix + "-metrics-delta";
  }

  /**
   * @param metrics the metrics topic, which sets the measure for replicas and sizes
   */
  static Properties of(
      KafkaConfig kafka,
      String groupPrefix,
      TopicConfig metrics,
      DeltaConfig config,
      RocksDbMemory memory) {
    Properties properties = new Properties();
    String application = application(groupPrefix);
    properties.putAll(kafka.clientProperties(application));
    properties.putIfAbsent(ProducerConfig.COMPRESSION_TYPE_CONFIG, "zstd");
    properties.putIfAbsent(ProducerConfig.COMPRESSION_ZSTD_LEVEL_CONFIG, 1);
    properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, 20);
    properties.putIfAbsent(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, metrics.maxMessageBytes());
    // What is held in memory of records that wait for their turn.
    properties.putIfAbsent(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 100);
    properties.putIfAbsent(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 8 << 20);
    properties.putIfAbsent(StreamsConfig.BUFFERED_RECORDS_PER_PARTITION_CONFIG, 100);
    properties.putAll(
        Map.of(
            StreamsConfig.APPLICATION_ID_CONFIG,
            application,
            StreamsConfig.PROCESSING_GUARANTEE_CONFIG,
            StreamsConfig.EXACTLY_ONCE_V2,
            StreamsConfig.COMMIT_INTERVAL_MS_CONFIG,
            config.commitInterval().toMillis(),
            StreamsConfig.NUM_STREAM_THREADS_CONFIG,
            config.threads(),
            StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
            config.standbyReplicas(),
            StreamsConfig.REPLICATION_FACTOR_CONFIG,
            metrics.replicationFactor(),
            StreamsConfig.STATE_DIR_CONFIG,
            config.stateDir().toAbsolutePath().toString(),
            StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG,
            RocksDbMemory.Setter.class,
            RocksDbMemory.KEY,
            memory));
    properties.put(StreamsConfig.GROUP_PROTOCOL_CONFIG, "classic"); // the one with static members
    if (!config.instanceId().isEmpty()) {
      properties.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, config.instanceId());
    }
    return properties;
  }

  static boolean isStaticMember(Properties properties) {
    return properties.containsKey(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
  }
}
