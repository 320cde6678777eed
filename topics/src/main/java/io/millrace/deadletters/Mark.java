package io.millrace.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.RecordHeaders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/** What became of letters. Stands behind them in the same partition, so it is there as long. */
enum Mark {
  REDRIVEN("redriven"),
  DROPPED("dropped");

  private final String id;

  Mark(String id) {
    this.id = id;
  }

  /** A record that says it of letters with these offsets. */
  ProducerRecord<byte[], byte[]> of(TopicPartition partition, List<Long> offsets) {
    String value = offsets.stream().map(String::valueOf).collect(Collectors.joining(" "));
    var mark =
        new ProducerRecord<byte[], byte[]>(
            partition.topic(), partition.partition(), null, value.getBytes(UTF_8));
    RecordHeaders.put(mark.headers(), DeadLetterHeaders.MARK, id);
    return mark;
  }

  static boolean isMark(ConsumerRecord<byte[], byte[]> record) {
    return RecordHeaders.get(record.headers(), DeadLetterHeaders.MARK).isPresent();
  }

  /** The offsets a mark lists. */
  static List<Long> offsets(ConsumerRecord<byte[], byte[]> mark) {
    String value = mark.value() == null ? "" : new String(mark.value(), UTF_8);
    List<Long> offsets = new ArrayList<>();
    Arrays.stream(value.split(" "))
        .filter(text -> text.matches("[0-9]{1,18}"))
        .forEach(text -> offsets.add(Long.valueOf(text)));
    return offsets;
  }
}
