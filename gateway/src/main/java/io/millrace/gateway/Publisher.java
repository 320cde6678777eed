package io.millrace.gateway;

import io.millrace.otlp.Signal;
import io.millrace.otlp.Split.Piece;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsConfig;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Puts records on Kafka. The producer is set up ({@link ProducerSettings}) so that a send never
 * blocks: what it cannot take at once fails at once. Any thread.
 */
final class Publisher {

  private final Producer<byte[], byte[]> producer;
  private final TopicsConfig topics;

  /**
   * @param producer closed with this
   */
  Publisher(Producer<byte[], byte[]> producer, TopicsConfig topics) {
    this.producer = producer;
    this.topics = topics;
  }

  /**
   * Succeeds when Kafka has acknowledged every piece; fails when every piece has its outcome and
   * one of them was not acknowledged.
   *
   * @param tenant null if there is none
   */
  CompletableFuture<Void> publish(Signal signal, List<Piece> pieces, @Nullable String tenant) {
    Acknowledgements acknowledgements = new Acknowledgements(pieces.size());
    String topic = topics.of(signal).name();
    for (Piece piece : pieces) {
      try {
        var unused = producer.send(record(topic, piece, tenant), acknowledgements);
      } catch (RuntimeException e) {
        // Most failures come by the callback, but a producer in a fatal state throws instead.
        acknowledgements.onCompletion(null, e);
      }
    }
    return acknowledgements.all();
  }

  private static ProducerRecord<byte[], byte[]> record(
      String topic, Piece piece, @Nullable String tenant) {
    // No key: a record holds many of them, and the partition is the splitter's.
    var record = new ProducerRecord<byte[], byte[]>(topic, piece.partition(), null, piece.value());
    RecordHeaders.put(record.headers(), RecordHeaders.ITEMS, Integer.toString(piece.items()));
    if (tenant != null) {
      RecordHeaders.put(record.headers(), RecordHeaders.TENANT, tenant);
    }
    return record;
  }

  /** Waits so long for what has been sent, then frees all. */
  void close(Duration timeout) {
    producer.close(timeout);
  }
}
