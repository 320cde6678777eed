package io.millrace.metrics.delta;

import io.millrace.topics.TopicConfig;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * The way of a delta point: from the metrics topic to the topic of delta points, partitioned by
 * resource; there it is summed, and the cumulative point goes back to the metrics topic. All of it
 * is one application, so that a transaction holds offsets, state and what was written.
 */
final class DeltaTopology {

  /** Stores; the names of their changelogs come from them. */
  static final String SUMS = "sums";

  static final String IDENTITIES = "identities";

  /** Of each partition of the topic of delta points. */
  static final int STORES = 2;

  private static final Deserializer<byte[]> READ = new ByteArrayDeserializer();
  private static final Serializer<byte[]> WRITE = new ByteArraySerializer();
  private static final Serializer<Integer> NOT_WRITTEN = (topic, partition) -> null;
  private static final StreamPartitioner<Integer, byte[]> BY_KEY =
      (topic, partition, value, partitions) -> Optional.of(Set.of(partition));

  /**
   * What waits on the topics when summing is turned on is summed, too. Said here, so that the
   * consumer itself does not go on in silence where records have expired.
   */
  private static final AutoOffsetReset FROM_ITS_BEGINNING = AutoOffsetReset.earliest();

  private DeltaTopology() {}

  /** The topic of a store's changes, as Kafka Streams names it. */
  static String changelog(String application, String store) {
    return application + "-" + store + "-changelog";
  }

  /**
   * The two topics as they are on the broker.
   *
   * @param metrics the metrics topic
   * @param metricsPartitions how many it has
   * @param delta the topic of delta points
   * @param deltaPartitions how many it has
   */
  record Ends(TopicConfig metrics, int metricsPartitions, TopicConfig delta, int deltaPartitions) {}

  static Topology of(Ends ends, DeltaConfig config, DeltaMeters meters) {
    var toDelta = new Outgoing(ends.deltaPartitions(), ends.delta().maxValueBytes(), meters);
    var toMetrics = new Outgoing(ends.metricsPartitions(), ends.metrics().maxValueBytes(), meters);
    return new Topology()
        .addSource(FROM_ITS_BEGINNING, "metrics", READ, READ, ends.metrics().name())
        .addProcessor("route", () -> new Route(toDelta, meters), "metrics")
        .addSink("to-delta", ends.delta().name(), NOT_WRITTEN, WRITE, BY_KEY, "route")
        .addSource(FROM_ITS_BEGINNING, "delta", READ, READ, ends.delta().name())
        .addProcessor("sum", () -> new Accumulate(config, toMetrics, meters), "delta")
        .addStateStore(store(SUMS, ends.delta()), "sum")
        .addStateStore(store(IDENTITIES, ends.delta()), "sum")
        .addSink("to-metrics", ends.metrics().name(), NOT_WRITTEN, WRITE, BY_KEY, "sum");
  }

  private static StoreBuilder<KeyValueStore<Bytes, byte[]>> store(String name, TopicConfig like) {
    return Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(name), Serdes.Bytes(), Serdes.ByteArray())
        .withLoggingEnabled(
            Map.of(
                "min.insync.replicas",
                Integer.toString(like.minInsyncReplicas()),
                "max.message.bytes",
                Integer.toString(like.maxMessageBytes())))
        .withCachingDisabled();
  }
}
