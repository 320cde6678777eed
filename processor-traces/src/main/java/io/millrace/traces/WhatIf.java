package io.millrace.traces;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.Stretch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a stretch of a topic, one partition after the other, and shows it to trials. A consumer
 * without a group: no offset moves.
 */
final class WhatIf implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(500);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;

  /** Told how far the reading has come. */
  interface Progress {
    void at(long offsetsDone, long offsetsInAll, long spans);
  }

  /**
   * What was read.
   *
   * @param unreadable records that are not OTLP
   */
  record Read(long records, long unreadable) {}

  WhatIf(KafkaConfig kafka, String topic) {
    Map<String, Object> properties = kafka.clientProperties("millrace-what-if");
    properties.put("enable.auto.commit", false);
    properties.put("auto.offset.reset", "earliest");
    properties.put("isolation.level", "read_committed");
    properties.putIfAbsent("default.api.timeout.ms", 10_000);
    this.consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.topic = topic;
  }

  int partitions() {
    return consumer.partitionsFor(topic).size();
  }

  /**
   * Reads from some log time to another, and as much before and behind it as the trials ask for.
   *
   * @param from in milliseconds
   */
  Read read(long from, long to, List<Trial> trials, Progress progress) {
    long margin = trials.stream().mapToLong(trial -> trial.margin().toMillis()).max().orElse(0);
    long end = saturatedSum(to, margin);
    List<Stretch> stretches = Stretch.between(consumer, topic, Math.max(0, from - margin), end);
    long now = System.currentTimeMillis();
    long all = stretches.stream().mapToLong(Stretch::records).sum();
    long done = 0;
    long records = 0;
    long unreadable = 0;
    for (Stretch stretch : stretches) {
      trials.forEach(Trial::begin);
      consumer.resume(List.of(stretch.partition()));
      consumer.seek(stretch.partition(), stretch.begin());
      while (consumer.position(stretch.partition()) < stretch.end()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (record.offset() < stretch.end()) {
            records++;
            unreadable += show(record, trials) ? 0 : 1;
          }
        }
        long position = Math.min(stretch.end(), consumer.position(stretch.partition()));
        progress.at(done + position - stretch.begin(), all, spans(trials));
      }
      trials.forEach(trial -> trial.end(Math.min(now, end)));
      consumer.pause(List.of(stretch.partition()));
      done += stretch.records();
    }
    return new Read(records, unreadable);
  }

  private static long spans(List<Trial> trials) {
    return trials.isEmpty() ? 0 : trials.get(0).report().all().spans();
  }

  private static long saturatedSum(long time, long margin) {
    return time > Long.MAX_VALUE - margin ? Long.MAX_VALUE : time + margin;
  }

  private static boolean show(ConsumerRecord<byte[], byte[]> record, List<Trial> trials) {
    byte[] value = record.value() == null ? new byte[0] : record.value();
    try {
      for (Trial trial : trials) {
        trial.read(record.offset(), record.timestamp(), value);
      }
      return true;
    } catch (MalformedOtlp e) {
      return false;
    }
  }

  @Override
  public void close() {
    consumer.close();
  }
}
