package io.millrace.topics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Holds topics on the broker against the catalogue. Both operations may be repeated at will.
 *
 * <p>What cannot be changed without moving data or splitting traces, the number of partitions and
 * of replicas, is reported and left to a person.
 */
public final class TopicsAdmin implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final Admin admin;

  private TopicsAdmin(Admin admin) {
    this.admin = admin;
  }

  public static TopicsAdmin connect(KafkaConfig kafka) {
    Map<String, Object> properties = kafka.clientProperties("millrace-topics");
    properties.putIfAbsent("default.api.timeout.ms", (int) TIMEOUT.toMillis());
    properties.putIfAbsent("request.timeout.ms", 10_000);
    return new TopicsAdmin(Admin.create(properties));
  }

  /** One thing that is not as it should be. */
  public record Difference(String topic, String key, String found, String expected) {

    @Override
    public String toString() {
      return "%s: %s %s (expected: %s)".formatted(topic, key, found, expected);
    }
  }

  /**
   * How many partitions a topic has; empty if it is missing.
   *
   * @throws KafkaException if Kafka cannot be asked
   */
  public OptionalInt partitions(String topic) {
    try {
      var description = admin.describeTopics(List.of(topic)).topicNameValues().get(topic);
      return description == null
          ? OptionalInt.empty()
          : OptionalInt.of(AdminAnswers.get(description).partitions().size());
    } catch (UnknownTopicOrPartitionException e) {
      return OptionalInt.empty();
    }
  }

  /**
   * Compares without changing anything.
   *
   * @return every difference; empty if all is as it should be
   * @throws KafkaException if Kafka cannot be asked
   */
  public List<Difference> check(Collection<Topic> wanted) {
    Map<String, TopicDescription> present = describe(wanted);
    Map<String, Config> configs = configs(present.keySet());
    List<Difference> differences = new ArrayList<>();
    for (Topic topic : wanted) {
      TopicDescription found = present.get(topic.name());
      if (found == null) {
        differences.add(new Difference(topic.name(), "topic", "missing", "to exist"));
      } else {
        differences.addAll(shapeDifferences(topic, found));
        differences.addAll(configDifferences(topic, configs.get(topic.name())));
      }
    }
    return differences;
  }

  /**
   * Creates what is missing, sets what differs, and returns when the topics can be written.
   *
   * @return what could not be put right: partitions and replicas of topics that exist
   * @throws KafkaException if Kafka cannot be asked or refuses
   */
  public List<Difference> apply(Collection<Topic> wanted) {
    Map<String, TopicDescription> present = describe(wanted);
    create(wanted.stream().filter(topic -> !present.containsKey(topic.name())).toList());
    Map<String, Config> configs = configs(present.keySet());
    List<Difference> remaining = new ArrayList<>();
    for (Topic topic : wanted) {
      TopicDescription found = present.get(topic.name());
      if (found != null) {
        remaining.addAll(shapeDifferences(topic, found));
        set(topic, configDifferences(topic, configs.get(topic.name())));
      }
    }
    awaitLeaders(wanted, remaining);
    return remaining;
  }

  /**
   * Returns when the leader of every partition serves it. A broker that has just started names
   * itself the leader of partitions before it is. An idempotent producer whose first batch is
   * refused for that, and whose second is taken, cannot place the first any more until it times
   * out.
   */
  private void awaitLeaders(Collection<Topic> wanted, List<Difference> remaining) {
    Map<TopicPartition, OffsetSpec> partitions = new HashMap<>();
    for (Topic topic : wanted) {
      boolean asWanted =
          remaining.stream().noneMatch(difference -> difference.topic().equals(topic.name()));
      for (int partition = 0; asWanted && partition < topic.partitions(); partition++) {
        partitions.put(new TopicPartition(topic.name(), partition), OffsetSpec.latest());
      }
    }
    long deadline = System.nanoTime() + TIMEOUT.toNanos();
    while (!haveLeaders(partitions) && System.nanoTime() - deadline < 0) {
      pause();
    }
  }

  /** Only leaders answer this. The client asks again until they do, unless the topic is unknown. */
  private boolean haveLeaders(Map<TopicPartition, OffsetSpec> partitions) {
    try {
      return !AdminAnswers.get(admin.listOffsets(partitions).all()).isEmpty()
          || partitions.isEmpty();
    } catch (UnknownTopicOrPartitionException e) {
      return false; // the broker that was asked has not heard of it yet
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private Map<String, TopicDescription> describe(Collection<Topic> wanted) {
    Map<String, TopicDescription> present = new HashMap<>();
    admin
        .describeTopics(wanted.stream().map(Topic::name).toList())
        .topicNameValues()
        .forEach(
            (name, description) -> {
              try {
                present.put(name, AdminAnswers.get(description));
              } catch (UnknownTopicOrPartitionException e) {
                // missing: not in the answer
              }
            });
    return present;
  }

  private void create(List<Topic> missing) {
    List<NewTopic> topics =
        missing.stream()
            .map(
                topic ->
                    new NewTopic(
                            topic.name(), topic.partitions(), (short) topic.replicationFactor())
                        .configs(topic.config()))
            .toList();
    for (KafkaFuture<Void> created : admin.createTopics(topics).values().values()) {
      try {
        AdminAnswers.get(created);
      } catch (TopicExistsException e) {
        // another process was faster: what it made is checked like any other
      }
    }
  }

  private Map<String, Config> configs(Set<String> topics) {
    Collection<ConfigResource> resources =
        topics.stream()
            .map(name -> new ConfigResource(ConfigResource.Type.TOPIC, name))
            .collect(Collectors.toSet());
    return AdminAnswers.get(admin.describeConfigs(resources).all()).entrySet().stream()
        .collect(Collectors.toMap(entry -> entry.getKey().name(), Map.Entry::getValue));
  }

  private static List<Difference> shapeDifferences(Topic topic, TopicDescription found) {
    List<Difference> differences = new ArrayList<>();
    int partitions = found.partitions().size();
    if (partitions != topic.partitions()) {
      differences.add(difference(topic, "partitions", partitions, topic.partitions()));
    }
    int replicas = found.partitions().get(0).replicas().size();
    if (replicas != topic.replicationFactor()) {
      differences.add(difference(topic, "replication-factor", replicas, topic.replicationFactor()));
    }
    return differences;
  }

  private static List<Difference> configDifferences(
      Topic topic, @org.jspecify.annotations.Nullable Config found) {
    List<Difference> differences = new ArrayList<>();
    topic
        .config()
        .forEach(
            (key, expected) -> {
              ConfigEntry entry = found == null ? null : found.get(key);
              String value = entry == null ? "not set" : entry.value();
              if (!expected.equals(value)) {
                differences.add(difference(topic, key, value, expected));
              }
            });
    return differences;
  }

  private static Difference difference(Topic topic, String key, Object found, Object expected) {
    return new Difference(topic.name(), key, String.valueOf(found), String.valueOf(expected));
  }

  private void set(Topic topic, List<Difference> differences) {
    if (differences.isEmpty()) {
      return;
    }
    List<AlterConfigOp> changes =
        differences.stream()
            .map(
                difference ->
                    new AlterConfigOp(
                        new ConfigEntry(difference.key(), difference.expected()),
                        AlterConfigOp.OpType.SET))
            .toList();
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    AdminAnswers.get(admin.incrementalAlterConfigs(Map.of(resource, changes)).all());
  }

  @Override
  public void close() {
    admin.close();
  }
}
