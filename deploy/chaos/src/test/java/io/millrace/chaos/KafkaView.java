package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What Kafka itself says of topics and groups. */
final class KafkaView implements AutoCloseable {

  private static final Duration LONG = Duration.ofMinutes(3);

  private final Admin admin;

  KafkaView(String bootstrapServers) {
    admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  static String group(Signal signal) {
    return "millrace-%s-%s".formatted(signal.id(), Fleet.DESTINATION);
  }

  /** Offsets behind the last records. */
  Map<TopicPartition, Long> ends(String topic) {
    return get(
        () -> {
          var partitions = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
          Map<TopicPartition, OffsetSpec> latest =
              partitions.partitions().stream()
                  .collect(
                      Collectors.toMap(
                          info -> new TopicPartition(topic, info.partition()),
                          info -> OffsetSpec.latest()));
          return admin.listOffsets(latest).all().get().entrySet().stream()
              .collect(Collectors.toMap(Map.Entry::getKey, end -> offset(end.getValue())));
        });
  }

  private static long offset(ListOffsetsResultInfo info) {
    return info.offset();
  }

  Map<TopicPartition, Long> committed(Signal signal) {
    return get(
        () -> {
          Map<TopicPartition, Long> committed = new HashMap<>();
          admin
              .listConsumerGroupOffsets(group(signal))
              .partitionsToOffsetAndMetadata()
              .get()
              .forEach((id, offset) -> committed.put(id, offset(offset)));
          return committed;
        });
  }

  private static long offset(OffsetAndMetadata metadata) {
    return metadata == null ? 0 : metadata.offset();
  }

  /** Until all that lies there now is committed. */
  void awaitCommitted(Signal signal, String topic) {
    Map<TopicPartition, Long> ends = ends(topic);
    await("%s up to %s are committed".formatted(signal.id(), ends))
        .atMost(LONG)
        .untilAsserted(
            () -> {
              Map<TopicPartition, Long> committed = committed(signal);
              assertThat(ends)
                  .allSatisfy(
                      (id, end) ->
                          assertThat(committed.getOrDefault(id, 0L))
                              .as("%s", id)
                              .isGreaterThanOrEqualTo(end));
            });
  }

  /** Until Kafka knows so many processors of a signal. */
  void awaitMembers(Signal signal, int members) {
    await("%d processors of %s".formatted(members, signal.id()))
        .atMost(LONG)
        .until(() -> members(signal) == members);
  }

  int members(Signal signal) {
    String group = group(signal);
    return get(() -> admin.describeConsumerGroups(List.of(group)).all().get().get(group))
        .members()
        .size();
  }

  private interface Question<T> {
    T ask() throws ExecutionException, InterruptedException;
  }

  private static <T> T get(Question<T> question) {
    try {
      return question.ask();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
