package io.millrace.otlp;

import org.apache.kafka.common.utils.Utils;

/**
 * How a key becomes a partition. The names are those of the OpenTelemetry Collector's Kafka
 * exporter ({@code record_partitioner.sticky_key.hasher}); a mixed fleet must use one.
 */
public enum Hasher {
  /** Kafka's own default, Collector's {@code murmur2}. */
  MURMUR2 {
    @Override
    int partition(byte[] key, int partitions) {
      return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }
  },

  /** The Collector's default, {@code sarama_compat}: 32-bit FNV-1a. */
  FNV_1A {
    @Override
    int partition(byte[] key, int partitions) {
      int hash = 0x811c9dc5;
      for (byte next : key) {
        hash = (hash ^ (next & 0xff)) * 0x01000193;
      }
      return Math.abs(hash % partitions); // sarama negates what is below 0, after the division
    }
  };

  /**
   * @param partitions at least 1
   * @return 0 to {@code partitions - 1}
   */
  abstract int partition(byte[] key, int partitions);
}
