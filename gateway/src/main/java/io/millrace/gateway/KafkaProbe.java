package io.millrace.gateway;

import static java.util.Objects.requireNonNull;
import static org.apache.kafka.common.config.TopicConfig.MAX_MESSAGE_BYTES_CONFIG;
import static org.apache.kafka.common.config.TopicConfig.MIN_IN_SYNC_REPLICAS_CONFIG;

import io.millrace.gateway.TopicState.Unwritable;
import io.millrace.gateway.TopicState.Writable;
import io.millrace.otlp.Signal;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsConfig;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks Kafka about the topics, by an admin client of its own, and keeps the producer's metadata
 * known, without which a send fails at once. One thread.
 */
final class KafkaProbe implements TopicWatch.Probe {

  private static final Logger log = LoggerFactory.getLogger(KafkaProbe.class);

  /** Kafka counts as away when it has not answered for so long. */
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final String bootstrapServers;
  private final Admin admin;
  private final RenewableProducer producer;
  private final TopicsConfig topics;
  private boolean configUnknownLogged;

  KafkaProbe(
      String bootstrapServers, Admin admin, RenewableProducer producer, TopicsConfig topics) {
    this.bootstrapServers = bootstrapServers;
    this.admin = admin;
    this.producer = producer;
    this.topics = topics;
  }

  /** Of the admin client this needs. */
  static Map<String, Object> adminSettings(GatewayConfig config) {
    Map<String, Object> settings = config.kafka().clientProperties("millrace-gateway-watch");
    settings.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
    // Less than the whole, so that a broker which falls silent leaves time to ask another.
    settings.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis() / 2);
    return settings;
  }

  @Override
  public Map<Signal, TopicState> look() throws InterruptedException {
    List<String> names =
        Arrays.stream(Signal.values()).map(signal -> topics.of(signal).name()).distinct().toList();
    names.forEach(producer::partitionsKnown); // asked for now, known when the answers are in
    var descriptions = admin.describeTopics(names).topicNameValues();
    var configs = admin.describeConfigs(names.stream().map(KafkaProbe::resource).toList()).values();
    Map<Signal, TopicState> states = new EnumMap<>(Signal.class);
    for (Signal signal : Signal.values()) {
      TopicConfig topic = topics.of(signal);
      var description = requireNonNull(descriptions.get(topic.name()));
      var config = requireNonNull(configs.get(resource(topic.name())));
      states.put(signal, state(topic, description, config));
    }
    return states;
  }

  private TopicState state(
      TopicConfig topic, KafkaFuture<TopicDescription> description, KafkaFuture<Config> config)
      throws InterruptedException {
    try {
      return state(topic, description.get(), limits(topic, config));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthenticationException refusal) {
        producer.distrust(refusal);
      }
      return new Unwritable(why(topic, e.getCause() == null ? e : e.getCause()));
    }
  }

  private TopicState state(TopicConfig topic, TopicDescription description, Limits limits) {
    List<TopicPartitionInfo> partitions = description.partitions();
    long unwritable =
        partitions.stream().filter(each -> !isWritable(each, limits.minInsyncReplicas())).count();
    if (unwritable > 0) {
      return new Unwritable(
          "topic %s: %d of %d partitions cannot be written (expected: %d in-sync replicas each)"
              .formatted(topic.name(), unwritable, partitions.size(), limits.minInsyncReplicas()));
    }
    if (limits.maxRecordBytes() < 1) {
      return new Unwritable(
          "topic %s: max.message.bytes is too small (expected: %d)"
              .formatted(topic.name(), topic.maxMessageBytes()));
    }
    producer.renewIfBroken();
    // While partitions are being added the producer may not know all of them yet.
    int known = producer.partitionsKnown(topic.name());
    return known == 0
        ? new Unwritable("topic %s: not known to the producer yet".formatted(topic.name()))
        : new Writable(Math.min(known, partitions.size()), limits.maxRecordBytes());
  }

  private static boolean isWritable(TopicPartitionInfo partition, int minInsyncReplicas) {
    return partition.leader() != null && partition.isr().size() >= minInsyncReplicas;
  }

  /** What the topic allows, or, for an account that may not read that, what it should allow. */
  private Limits limits(TopicConfig topic, KafkaFuture<Config> config)
      throws ExecutionException, InterruptedException {
    try {
      Config found = config.get();
      int maxMessageBytes = number(found, MAX_MESSAGE_BYTES_CONFIG, topic.maxMessageBytes());
      int overhead = topic.maxMessageBytes() - topic.maxValueBytes();
      return new Limits(
          number(found, MIN_IN_SYNC_REPLICAS_CONFIG, topic.minInsyncReplicas()),
          Math.min(topic.maxValueBytes(), maxMessageBytes - overhead));
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof AuthorizationException)) {
        throw e;
      }
      if (!configUnknownLogged) {
        log.warn("the topics' configuration cannot be read ({})", e.getCause().getMessage());
        configUnknownLogged = true;
      }
      return new Limits(topic.minInsyncReplicas(), topic.maxValueBytes());
    }
  }

  private static int number(Config config, String key, int otherwise) {
    ConfigEntry entry = config.get(key);
    return entry == null ? otherwise : Integer.parseInt(entry.value());
  }

  private String why(TopicConfig topic, Throwable failure) {
    if (failure instanceof UnknownTopicOrPartitionException) {
      return "topic %s: missing (expected: %d partitions; run \"millrace topics apply\")"
          .formatted(topic.name(), topic.partitions());
    }
    if (failure instanceof AuthorizationException) {
      return "topic %s: %s".formatted(topic.name(), failure.getMessage());
    }
    return "Kafka at %s: %s".formatted(bootstrapServers, failure.getMessage());
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO); // nothing it was asked is of interest any more
  }

  /** The topic's own bounds. */
  private record Limits(int minInsyncReplicas, int maxRecordBytes) {}
}
