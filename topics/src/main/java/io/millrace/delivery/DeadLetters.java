package io.millrace.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.daemon.Version;
import io.millrace.otlp.Signal;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Writes what can never be delivered to the signal's dead-letter topic: the items as an OTLP
 * request of their own, the record's headers, and headers that say why and from where. An answer of
 * {@code Accepted} means all in-sync replicas have it.
 */
final class DeadLetters implements AutoCloseable {

  /** A backend's words are worth keeping; its whole error page is not. */
  private static final int MAX_MESSAGE_BYTES = 1024;

  private static final String VERSION = Version.current().version();

  private final Producer<byte[], byte[]> producer;
  private final String topic;
  private final String destination;

  DeadLetters(Producer<byte[], byte[]> producer, String topic, String destination) {
    this.producer = producer;
    this.topic = topic;
    this.destination = destination;
  }

  static DeadLetters open(KafkaConfig kafka, String clientId, String topic, String destination) {
    Map<String, Object> properties = kafka.clientProperties(clientId);
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("compression.type", "zstd");
    // The loop's thread must not wait for metadata or room: it tries again instead.
    properties.put("max.block.ms", 0);
    properties.put("delivery.timeout.ms", 30_000);
    properties.put("request.timeout.ms", 10_000);
    properties.put("linger.ms", 0);
    // The broker's limit decides what is too large, not the client's.
    properties.put("max.request.size", 128 << 20);
    properties.put("buffer.memory", 160L << 20);
    return new DeadLetters(
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer()),
        topic,
        destination);
  }

  CompletableFuture<Answer> send(Signal signal, Part part, Answer.Refused why, int attempts) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    try {
      var unused =
          producer.send(
              letter(signal, part, why, attempts),
              (metadata, failure) ->
                  answer.complete(failure == null ? Answer.Accepted.ALL : busy(failure)));
    } catch (KafkaException e) {
      answer.complete(busy(e));
    }
    return answer;
  }

  private Answer busy(Exception failure) {
    return new Answer.Busy(
        Duration.ZERO, "dead-letter topic %s: %s".formatted(topic, failure.getMessage()));
  }

  private ProducerRecord<byte[], byte[]> letter(
      Signal signal, Part part, Answer.Refused why, int attempts) {
    ConsumerRecord<byte[], byte[]> record = part.held().record;
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(topic, null, record.key(), part.letter(signal), record.headers());
    Headers headers = letter.headers();
    headers.remove(DeadLetterHeaders.MARK); // nobody else may say what is handled
    if (!part.isWhole()) {
      put(headers, RecordHeaders.ITEMS, Integer.toString(part.items()));
    }
    put(headers, DeadLetterHeaders.REASON, why.reason().id());
    put(headers, DeadLetterHeaders.MESSAGE, bounded(why.message()));
    put(headers, DeadLetterHeaders.TOPIC, record.topic());
    put(headers, DeadLetterHeaders.PARTITION, Integer.toString(record.partition()));
    put(headers, DeadLetterHeaders.OFFSET, Long.toString(record.offset()));
    put(headers, DeadLetterHeaders.TIMESTAMP, Long.toString(record.timestamp()));
    put(headers, DeadLetterHeaders.DESTINATION, destination);
    put(headers, DeadLetterHeaders.ATTEMPTS, Integer.toString(attempts));
    put(headers, DeadLetterHeaders.VERSION, VERSION);
    headers.remove(DeadLetterHeaders.REDRIVEN_TO); // of no more use; how often it was redriven is
    return letter;
  }

  private static void put(Headers headers, String name, String value) {
    headers.remove(name);
    RecordHeaders.put(headers, name, value);
  }

  private static String bounded(String message) {
    byte[] utf8 = message.getBytes(UTF_8);
    return utf8.length <= MAX_MESSAGE_BYTES
        ? message
        : new String(utf8, 0, MAX_MESSAGE_BYTES, UTF_8);
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }
}
