package io.millrace.bench;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/** Counts the data points that become visible in a topic, as one who reads what is committed. */
final class SumsReader implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Predicate<ConsumerRecord<byte[], byte[]>> isSum;
  private final AtomicLong points = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failed = new AtomicReference<>();
  private final Thread thread = new Thread(this::read, "sums-reader");
  private volatile boolean stopping;

  /**
   * @param isSum whether a record is one to count
   */
  SumsReader(BrokerProcess broker, String topic, Predicate<ConsumerRecord<byte[], byte[]>> isSum) {
    this.isSum = isSum;
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            broker.bootstrapServers(),
            "isolation.level",
            "read_committed",
            "auto.offset.reset",
            "earliest",
            "fetch.max.bytes",
            8 << 20);
    var bytes = new ByteArrayDeserializer();
    consumer = new KafkaConsumer<>(settings, bytes, bytes);
    consumer.assign(BrokerProcess.partitions(topic));
    consumer.seekToBeginning(consumer.assignment());
    thread.start();
  }

  private void read() {
    try (consumer) {
      while (!stopping) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(50))) {
          if (isSum.test(record)) {
            points.addAndGet(OtlpItems.count(Signal.METRICS, record.value()));
          }
        }
      }
    } catch (MalformedOtlp | RuntimeException e) {
      failed.set(e);
    }
  }

  /**
   * So far.
   *
   * @throws IllegalStateException if reading has failed
   */
  long points() {
    Exception failure = failed.get();
    if (failure != null) {
      throw new IllegalStateException("sums cannot be read", failure);
    }
    return points.get();
  }

  @Override
  public void close() {
    stopping = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
