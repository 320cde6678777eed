package io.millrace.standalone;

import io.millrace.metrics.delta.DeltaProcessor;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
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

  /**
   * Records that some processor has not committed yet. Who sums delta points is asked before those
   * who deliver the sums.
   */
  private long behind(Admin admin) throws ExecutionException, InterruptedException {
    long behind = 0;
    if (config.metrics().delta().enabled()) {
      String group = DeltaProcessor.group(config.metrics().delivery().groupPrefix());
      behind += behind(admin, group, config.topics().of(Signal.METRICS));
      behind += behind(admin, group, config.topics().metricsDelta());
    }
    for (Signal signal : Signal.values()) {
      for (String destination : config.processor(signal).destinations().keySet()) {
        String group = config.processor(signal).delivery().group(signal, destination);
        behind += behind(admin, group, config.topics().of(signal));
      }
    }
    return behind;
  }

  private static long behind(Admin admin, String group, TopicConfig topic)
      throws ExecutionException, InterruptedException {
    long behind = 0;
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    for (Map.Entry<TopicPartition, Long> end : ends(admin, topic).entrySet()) {
      OffsetAndMetadata offset = committed.get(end.getKey());
      behind += end.getValue() - (offset == null ? 0 : offset.offset());
    }
    return behind;
  }

  private static Map<TopicPartition, Long> ends(Admin admin, TopicConfig topic)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      wanted.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    for (var found : admin.listOffsets(wanted).all().get().entrySet()) {
      ends.put(found.getKey(), found.getValue().offset());
    }
    return ends;
  }
}
