package io.millrace.gateway;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Kafka producer that is replaced when it has become useless. An idempotent producer that is
 * refused while it asks for its id, for its credentials for instance, refuses every record from
 * then on, even when the cause is long gone. Sends from any thread; the rest on one thread.
 */
final class RenewableProducer {

  private static final Logger log = LoggerFactory.getLogger(RenewableProducer.class);

  private final Supplier<Producer<byte[], byte[]>> factory;
  private volatile Producer<byte[], byte[]> current;
  private volatile @Nullable String broken;

  /**
   * @param factory called for the first producer now, and for each that follows it
   */
  RenewableProducer(Supplier<Producer<byte[], byte[]>> factory) {
    this.factory = factory;
    current = factory.get();
  }

  /** As {@link Producer#send}. A producer that throws will throw for ever. */
  Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
    Producer<byte[], byte[]> used = current;
    try {
      return used.send(record, callback);
    } catch (KafkaException e) {
      if (used == current) {
        broken = reason(e);
      }
      throw e;
    }
  }

  /** Kafka refuses these credentials: the producer may have become useless. */
  void distrust(AuthenticationException refusal) {
    broken = reason(refusal);
  }

  /**
   * Replaces the producer if it is useless. What it still holds fails, as it would have anyway. To
   * be called when Kafka answers again; may block.
   */
  void renewIfBroken() {
    String why = broken;
    if (why == null) {
      return;
    }
    // First, since both have the same name; until the next line a send fails and is refused.
    current.close(Duration.ZERO);
    current = factory.get();
    broken = null;
    log.info("a new Kafka producer takes the place of one that had failed: {}", why);
  }

  /** 0 if the producer's metadata lacks the topic; then it has now been told to fetch it. */
  int partitionsKnown(String topic) {
    try {
      return current.partitionsFor(topic).size();
    } catch (TimeoutException e) {
      return 0;
    } catch (AuthenticationException e) {
      distrust(e);
      return 0;
    }
  }

  /** Of the producer there is now. */
  Map<MetricName, ? extends Metric> metrics() {
    return current.metrics();
  }

  private static String reason(KafkaException failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return String.valueOf(cause.getMessage());
  }

  /** Waits so long for what has been sent, then frees all. */
  void close(Duration timeout) {
    current.close(timeout);
  }
}
