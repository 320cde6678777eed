package io.millrace.bench;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Puts records into a topic, compressed and batched as our gateway does. */
final class TopicFeed implements AutoCloseable {

  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();

  TopicFeed(BrokerProcess broker, String topic) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "compression.type",
            "zstd",
            "compression.zstd.level",
            1,
            "linger.ms",
            20,
            "batch.size",
            256 << 10,
            "acks",
            "all");
    var bytes = new ByteArraySerializer();
    this.topic = topic;
    this.producer = new KafkaProducer<>(settings, bytes, bytes);
  }

  /**
   * @param millis time of the record; null for now
   */
  void send(int partition, @Nullable Long millis, byte[] value) {
    var unused =
        producer.send(
            new ProducerRecord<>(topic, partition, millis, null, value),
            (metadata, failure) -> {
              if (failure != null) {
                failed.set(failure);
              }
            });
  }

  /** Returns when Kafka has it all. */
  @Override
  public void close() {
    producer.close();
    Exception failure = failed.get();
    if (failure != null) {
      throw new IllegalStateException("topic " + topic + " could not be filled", failure);
    }
  }
}
