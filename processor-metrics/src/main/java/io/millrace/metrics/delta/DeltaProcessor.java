package io.millrace.metrics.delta;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the Kafka Streams application that sums delta points; should it ever fail, starts another
 * from what was committed. Neither Kafka nor the topics need be there yet.
 */
public final class DeltaProcessor implements Role {

  private static final Logger log = LoggerFactory.getLogger(DeltaProcessor.class);

  private static final Duration RESTART_WAIT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final KafkaConfig kafka;
  private final TopicsConfig topics;
  private final String groupPrefix;
  private final DeltaConfig config;
  private final DeltaMeters meters;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::runAll, "delta");

  private volatile String unready = "has not begun yet";
  private volatile String lastFailure = "";
  private volatile CountDownLatch ended = new CountDownLatch(0);

  private DeltaProcessor(
      KafkaConfig kafka,
      TopicsConfig topics,
      String groupPrefix,
      DeltaConfig config,
      MeterRegistry registry) {
    this.kafka = kafka;
    this.topics = topics;
    this.config = config;
    this.groupPrefix = groupPrefix;
    this.meters = new DeltaMeters(registry);
  }

  /** Name of the application, which is that of its consumer group. */
  public static String group(String groupPrefix) {
    return StreamsProperties.application(groupPrefix);
  }

  /**
   * Starts summing in the background.
   *
   * @param groupPrefix of the installation
   */
  public static DeltaProcessor start(
      KafkaConfig kafka,
      TopicsConfig topics,
      String groupPrefix,
      DeltaConfig config,
      MeterRegistry registry) {
    DeltaProcessor processor = new DeltaProcessor(kafka, topics, groupPrefix, config, registry);
    processor.thread.start();
    return processor;
  }

  @Override
  public Optional<String> unready() {
    String reason = unready;
    return reason.isEmpty() ? Optional.empty() : Optional.of("metrics-delta: " + reason);
  }

  private void runAll() {
    try {
      while (stop.getCount() > 0) {
        runOnce();
        stop.await(RESTART_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runOnce() throws InterruptedException {
    try {
      Optional<DeltaTopology.Ends> ends = ends();
      if (ends.isPresent()) {
        run(ends.get());
      }
    } catch (RuntimeException e) {
      failed(e);
    }
  }

  private Optional<DeltaTopology.Ends> ends() {
    try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
      TopicConfig metrics = topics.of(Signal.METRICS);
      TopicConfig delta = topics.metricsDelta();
      OptionalInt metricsPartitions = partitions(admin, metrics);
      OptionalInt deltaPartitions = partitions(admin, delta);
      return metricsPartitions.isPresent()
              && deltaPartitions.isPresent()
              && fitsState(admin, delta, deltaPartitions.getAsInt())
          ? Optional.of(
              new DeltaTopology.Ends(
                  metrics, metricsPartitions.getAsInt(), delta, deltaPartitions.getAsInt()))
          : Optional.empty();
    } catch (KafkaException e) {
      unready = "Kafka at %s does not answer".formatted(kafka.bootstrapServers());
      log.debug("no answer", e);
      return Optional.empty();
    }
  }

  private OptionalInt partitions(TopicsAdmin admin, TopicConfig topic) {
    OptionalInt partitions = admin.partitions(topic.name());
    if (partitions.isEmpty()) {
      unready = "topic %s is missing: millrace topics apply creates it".formatted(topic.name());
    }
    return partitions;
  }

  /**
   * The state of a series lies where the topic of delta points had it when the state began. With
   * more partitions it would lie elsewhere, and Kafka Streams refuses to run.
   */
  private boolean fitsState(TopicsAdmin admin, TopicConfig delta, int partitions) {
    String application = StreamsProperties.application(groupPrefix);
    String sums = DeltaTopology.changelog(application, DeltaTopology.SUMS);
    OptionalInt state = admin.partitions(sums);
    if (state.isEmpty() || state.getAsInt() == partitions) {
      return true;
    }
    String reason =
        ("delta-partitions: topic %s has %d partitions (expected: %d, for which the state of the"
                + " sums was made): stop all metrics processors, delete the topics %s and %s and"
                + " every state-dir, and start them again; all sums begin anew, no delta is lost")
            .formatted(
                delta.name(),
                partitions,
                state.getAsInt(),
                sums,
                DeltaTopology.changelog(application, DeltaTopology.IDENTITIES));
    if (!reason.equals(unready)) {
      log.error(reason);
    }
    unready = reason;
    return false;
  }

  /** Until stopped or failed. */
  private void run(DeltaTopology.Ends ends) throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    ended = end;
    if (stop.getCount() == 0) {
      return;
    }
    int stores = DeltaTopology.STORES * ends.deltaPartitions();
    try (RocksDbMemory memory = new RocksDbMemory(config.memoryBytes(), stores)) {
      Properties properties =
          StreamsProperties.of(kafka, groupPrefix, ends.metrics(), config, memory);
      KafkaStreams streams =
          new KafkaStreams(
              DeltaTopology.of(ends, config, meters), properties, new StreamsClients(meters));
      try {
        unready = "has not joined its group at %s yet".formatted(kafka.bootstrapServers());
        streams.setUncaughtExceptionHandler(
            failure -> {
              failed(failure);
              return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
            });
        streams.setStateListener((now, before) -> changed(now, end));
        meters.lag(() -> lag(streams));
        streams.start();
        end.await();
      } finally {
        streams.close(closing(properties));
      }
    }
  }

  private void changed(KafkaStreams.State now, CountDownLatch end) {
    switch (now) {
      case RUNNING -> {
        unready = "";
        lastFailure = "";
      }
      case ERROR, NOT_RUNNING -> end.countDown();
      case CREATED, REBALANCING, PENDING_SHUTDOWN, PENDING_ERROR -> {}
    }
  }

  /** Of the partition that is furthest behind. */
  private static double lag(KafkaStreams streams) {
    return streams.metrics().values().stream()
        .filter(metric -> metric.metricName().name().equals("records-lag-max"))
        .filter(
            metric ->
                !String.valueOf(metric.metricName().tags().get("client-id")).contains("restore"))
        .mapToDouble(metric -> ((Number) metric.metricValue()).doubleValue())
        .filter(Double::isFinite)
        .max()
        .orElse(0);
  }

  /** The same failure again and again is counted, not said again. */
  private void failed(Throwable failure) {
    if (stop.getCount() > 0) {
      meters.restarted();
      String reason = failure.toString();
      if (!reason.equals(lastFailure)) {
        log.error("delta-restart: goes on from what was committed: {}", reason, failure);
      }
      lastFailure = reason;
      unready = reason;
    }
  }

  /** A member that will come back under its name keeps its place. */
  private static CloseOptions closing(Properties properties) {
    return CloseOptions.timeout(CLOSE_TIMEOUT)
        .withGroupMembershipOperation(
            StreamsProperties.isStaticMember(properties)
                ? CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP
                : CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
  }

  /** Commits what is under way. */
  @Override
  public void close() {
    stop.countDown();
    ended.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
