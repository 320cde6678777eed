package io.millrace.standalone;

import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closing it waits until every processor has committed the end of its topic, so that what a person
 * finds after Ctrl-C is whole; at most as long as configured.
 */
final class CatchUp implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(CatchUp.class);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

  private final KafkaConfig kafka;
  private final StandaloneConfig config;

  CatchUp(KafkaConfig kafka, StandaloneConfig config) {
    this.kafka = kafka;
    this.config = config;
  }

  @Override
  public void close() {
    long deadline = System.nanoTime() + config.catchUpTimeout().toNanos();
    try (Admin admin = Admin.create(kafka.clientProperties("millrace-catch-up"))) {
      long behind = behind(admin);
      while (behind > 0 && System.nanoTime() - deadline < 0) {
        TimeUnit.NANOSECONDS.sleep(BETWEEN_LOOKS.toNanos());
        behind = behind(admin);
      }
      if (behind > 0) {
        log.info("{} records wait in Kafka for the next start", behind);
      }
    } catch (ExecutionException e) {
      log.warn("cannot tell what waits in Kafka for the next start: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Records that some processor has not committed yet. */
  private long behind(Admin admin) throws ExecutionException, InterruptedException {
    long behind = 0;
    for (Signal signal : Signal.values()) {
      Map<TopicPartition, Long> ends = ends(admin, signal);
      for (String destination : config.processor(signal).destinations().keySet()) {
        String group = config.processor(signal).delivery().group(signal, destination);
        Map<TopicPartition, OffsetAndMetadata> committed =
            admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        for (Map.Entry<TopicPartition, Long> end : ends.entrySet()) {
          OffsetAndMetadata offset = committed.get(end.getKey());
          behind += end.getValue() - (offset == null ? 0 : offset.offset());
        }
      }
    }
    return behind;
  }

  private Map<TopicPartition, Long> ends(Admin admin, Signal signal)
      throws ExecutionException, InterruptedException {
    String topic = config.topics().of(signal).name();
    int partitions = config.topics().of(signal).partitions();
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int partition = 0; partition < partitions; partition++) {
      wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (var found : admin.listOffsets(wanted).all().get().entrySet()) {
      ends.put(found.getKey(), found.getValue().offset());
    }
    return ends;
  }
}
