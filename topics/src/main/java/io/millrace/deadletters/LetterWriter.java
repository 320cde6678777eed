package io.millrace.deadletters;

import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends letters back to the topic they came from, or drops them, and marks them in one transaction:
 * whenever it is killed, a letter is both or neither. Another one for the same topic ends this one.
 */
final class LetterWriter implements AutoCloseable {

  private final Producer<byte[], byte[]> producer;
  private final String deadTopic;
  private final String sourceTopic;

  LetterWriter(KafkaConfig kafka, String deadTopic, String sourceTopic) {
    Map<String, Object> properties = kafka.clientProperties("millrace-dead-" + deadTopic);
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
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.deadTopic = deadTopic;
    this.sourceTopic = sourceTopic;
    producer.initTransactions();
  }

  /**
   * Sends letters to their source topic, each once.
   *
   * @param destination gives the name of the destination a letter is for
   */
  void redrive(List<Letter> letters, Function<Letter, String> destination) {
    int partitions = producer.partitionsFor(sourceTopic).size();
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    letters.forEach(letter -> records.add(redriven(letter, partitions, destination.apply(letter))));
    commit(letters, Mark.REDRIVEN, records);
  }

  /** Lists them as dropped. */
  void drop(List<Letter> letters) {
    commit(letters, Mark.DROPPED, new ArrayList<>());
  }

  private void commit(
      List<Letter> letters, Mark mark, List<ProducerRecord<byte[], byte[]>> records) {
    Map<TopicPartition, List<Long>> offsets = new LinkedHashMap<>();
    for (Letter letter : letters) {
      offsets
          .computeIfAbsent(
              new TopicPartition(deadTopic, letter.record().partition()), id -> new ArrayList<>())
          .add(letter.record().offset());
    }
    offsets.forEach((partition, of) -> records.add(mark.of(partition, of)));
    producer.beginTransaction();
    for (ProducerRecord<byte[], byte[]> record : records) {
      var unused = producer.send(record); // a failure is the commit's
    }
    producer.commitTransaction();
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
