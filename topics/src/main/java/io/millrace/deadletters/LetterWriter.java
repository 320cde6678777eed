package io.millrace.deadletters;

import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends letters back to the topic they came from, or drops them, and marks them in one transaction:
 * whenever it is killed, a letter is both or neither. Another one for the same topic ends this one.
 */
final class LetterWriter implements AutoCloseable {

  private final Map<String, Object> properties;
  private final Producer<byte[], byte[]> producer;
  private final String deadTopic;
  private final String sourceTopic;

  LetterWriter(KafkaConfig kafka, String deadTopic, String sourceTopic) {
    this.properties = kafka.clientProperties("millrace-dead-" + deadTopic);
    properties.put("transactional.id", "millrace-dead-" + deadTopic);
    properties.put("acks", "all");
    properties.put("enable.idempotence", true);
    properties.put("compression.type", "zstd");
    // Processors wait at a transaction that is open: one that died must not hold them up for long.
    properties.put("transaction.timeout.ms", 15_000);
    properties.put("delivery.timeout.ms", 10_000);
    properties.put("request.timeout.ms", 5_000);
    properties.put("max.block.ms", 10_000);
    properties.put("max.request.size", 128 << 20);
    properties.put("buffer.memory", 160L << 20);
    this.producer = open();
    this.deadTopic = deadTopic;
    this.sourceTopic = sourceTopic;
  }

  private Producer<byte[], byte[]> open() {
    Producer<byte[], byte[]> opened =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    try {
      opened.initTransactions();
      return opened;
    } catch (KafkaException e) {
      opened.close();
      throw e;
    }
  }

  /**
   * Returns when everybody can read what was done, and ends this one. A commit is answered earlier;
   * but the next of the same name is let in only after that.
   */
  void finish() {
    open().close();
  }

  /**
   * Sends letters to their source topic, each once.
   *
   * @param destination gives the name of the destination a letter is for
   * @return letters that the topic does not take, for with the headers of a redriven record they
   *     are larger than it allows; nothing has become of them
   */
  List<Letter> redrive(List<Letter> letters, Function<Letter, String> destination) {
    int partitions = producer.partitionsFor(sourceTopic).size();
    List<Letter> tooLarge = new ArrayList<>();
    List<Letter> rest = new ArrayList<>(letters);
    List<Letter> refused;
    do {
      refused =
          commit(
              rest,
              Mark.REDRIVEN,
              letter -> List.of(redriven(letter, partitions, destination.apply(letter))));
      tooLarge.addAll(refused);
      rest.removeAll(refused);
    } while (!refused.isEmpty() && !rest.isEmpty());
    return tooLarge;
  }

  /** Lists them as dropped. */
  void drop(List<Letter> letters) {
    commit(letters, Mark.DROPPED, letter -> List.of());
  }

  /**
   * Sends what becomes of letters, and marks them, or else does nothing at all.
   *
   * @return letters whose record was too large, if nothing was done for that; maybe not all of them
   */
  private List<Letter> commit(
      List<Letter> letters,
      Mark mark,
      Function<Letter, List<ProducerRecord<byte[], byte[]>>> records) {
    Queue<Letter> tooLarge = new ConcurrentLinkedQueue<>();
    producer.beginTransaction();
    try {
      for (Letter letter : letters) {
        for (ProducerRecord<byte[], byte[]> record : records.apply(letter)) {
          send(
              record,
              failure -> {
                if (failure instanceof RecordTooLargeException) {
                  tooLarge.add(letter);
                }
              });
        }
      }
      marks(letters, mark).forEach(one -> send(one, failure -> {}));
      producer.commitTransaction();
      return List.of();
    } catch (KafkaException e) {
      if (tooLarge.isEmpty()) {
        throw e;
      }
      producer.abortTransaction();
      return List.copyOf(tooLarge);
    }
  }

  /**
   * @param failed is told; it is the commit's failure, too
   */
  private void send(ProducerRecord<byte[], byte[]> record, Consumer<Exception> failed) {
    var unused =
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure != null) {
                failed.accept(failure);
              }
            });
  }

  private List<ProducerRecord<byte[], byte[]>> marks(List<Letter> letters, Mark mark) {
    Map<TopicPartition, List<Long>> offsets = new LinkedHashMap<>();
    for (Letter letter : letters) {
      offsets
          .computeIfAbsent(
              new TopicPartition(deadTopic, letter.record().partition()), id -> new ArrayList<>())
          .add(letter.record().offset());
    }
    List<ProducerRecord<byte[], byte[]>> marks = new ArrayList<>();
    offsets.forEach((partition, of) -> marks.add(mark.of(partition, of)));
    return marks;
  }

  /** A trace must go where its other spans went. */
  private ProducerRecord<byte[], byte[]> redriven(
      Letter letter, int partitions, String destination) {
    int from = letter.sourcePartition();
    Integer partition = from >= 0 && from < partitions ? Integer.valueOf(from) : null;
    var record =
        new ProducerRecord<>(sourceTopic, partition, letter.record().key(), letter.value());
    Headers headers = record.headers();
    for (Header header : letter.record().headers()) {
      if (!header.key().startsWith(DeadLetterHeaders.PREFIX)
          && !header.key().equals(DeadLetterHeaders.REDRIVEN)) {
        headers.add(header);
      }
    }
    RecordHeaders.put(headers, DeadLetterHeaders.REDRIVEN, Integer.toString(letter.redriven() + 1));
    RecordHeaders.put(headers, DeadLetterHeaders.REDRIVEN_TO, destination);
    return record;
  }

  @Override
  public void close() {
    producer.close();
  }
}
