package io.millrace.gateway;

import static java.util.Objects.requireNonNull;

import io.millrace.otlp.Signal;
import io.millrace.otlp.Split.Piece;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsConfig;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Puts records on Kafka. The producer is set up ({@link ProducerSettings}) so that a send never
 * blocks: what it cannot take at once fails at once. Any thread.
 */
final class Publisher {

  private final RenewableProducer producer;
  private final Map<Signal, String> topics = new EnumMap<>(Signal.class);
  private final MetadataHeaders metadata;

  /**
   * @param producer closed with this
   * @param metadata what of a request's headers its records get
   */
  Publisher(RenewableProducer producer, TopicsConfig topics, MetadataHeaders metadata) {
    this.producer = producer;
    for (Signal signal : Signal.values()) {
      this.topics.put(signal, topics.of(signal).name());
    }
    this.metadata = metadata;
  }

  /**
   * Succeeds when Kafka has acknowledged every piece; fails when every piece has its outcome and
   * one of them was not acknowledged.
   *
   * @param pieces what the request was cut into
   */
  CompletableFuture<Void> publish(ExportRequest request, List<Piece> pieces) {
    Acknowledgements acknowledgements = new Acknowledgements(pieces.size());
    String topic = requireNonNull(topics.get(request.signal()));
    for (Piece piece : pieces) {
      try {
        var unused = producer.send(record(topic, piece, request), acknowledgements);
      } catch (RuntimeException e) {
        // Most failures come by the callback, but a producer in a fatal state throws instead.
        acknowledgements.onCompletion(null, e);
      }
    }
    return acknowledgements.all();
  }

  private ProducerRecord<byte[], byte[]> record(String topic, Piece piece, ExportRequest request) {
    // No key: a record holds many of them, and the partition is the splitter's.
    var record = new ProducerRecord<byte[], byte[]>(topic, piece.partition(), null, piece.value());
    RecordHeaders.put(record.headers(), RecordHeaders.ITEMS, Integer.toString(piece.items()));
    if (request.tenant() != null) {
      RecordHeaders.put(record.headers(), RecordHeaders.TENANT, request.tenant());
    }
    metadata.copy(request.headers(), record.headers());
    return record;
  }

  /** Waits so long for what has been sent, then frees all. */
  void close(Duration timeout) {
    producer.close(timeout);
  }
}
