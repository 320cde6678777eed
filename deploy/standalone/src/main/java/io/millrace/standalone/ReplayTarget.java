package io.millrace.standalone;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.TextNode;
import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.InvalidConfig;
import io.millrace.daemon.Role;
import io.millrace.delivery.DeliveryConfig;
import io.millrace.delivery.Extent;
import io.millrace.destination.DestinationConfig;
import io.millrace.logs.LogsConfig;
import io.millrace.logs.LogsDestination;
import io.millrace.logs.LogsProcessor;
import io.millrace.logs.LogsSection;
import io.millrace.metrics.MetricsConfig;
import io.millrace.metrics.MetricsDestination;
import io.millrace.metrics.MetricsProcessor;
import io.millrace.metrics.MetricsSection;
import io.millrace.otlp.Signal;
import io.millrace.processing.ProcessingConfig;
import io.millrace.processing.RuleConfig;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import io.millrace.traces.TracesConfig;
import io.millrace.traces.TracesProcessor;
import io.millrace.traces.TracesSection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The configuration of a replay: that of the live processors, with one destination of its own. */
final class ReplayTarget {

  /** What the command reads of the configuration. */
  record Config(
      KafkaConfig kafka,
      TopicsConfig topics,
      TracesSection traces,
      MetricsSection metrics,
      LogsSection logs) {

    static final Config DEFAULT =
        new Config(
            KafkaConfig.DEFAULT,
            TopicsConfig.DEFAULT,
            TracesSection.DEFAULT,
            MetricsSection.DEFAULT,
            LogsSection.DEFAULT);
  }

  private final Config config;
  private final Signal signal;

  ReplayTarget(Config config, Signal signal) {
    this.config = config;
    this.signal = signal;
  }

  DeliveryConfig delivery() {
    return switch (signal) {
      case TRACES -> config.traces().delivery();
      case METRICS -> config.metrics().delivery();
      case LOGS -> config.logs().delivery();
    };
  }

  private ProcessingConfig processing() {
    return switch (signal) {
      case TRACES -> config.traces().processing();
      case METRICS -> config.metrics().processing();
      case LOGS -> config.logs().processing();
    };
  }

  /** Where a destination of the configuration delivers to. */
  String url(String destination) {
    DestinationConfig found =
        switch (signal) {
          case TRACES -> config.traces().processor().destinations().get(destination);
          case METRICS -> config.metrics().processor().destinations().get(destination);
          case LOGS -> config.logs().processor().destinations().get(destination);
        };
    if (found == null) {
      throw new InvalidConfig(
          "--destination", destination, "one of " + signal.id() + ".destinations");
    }
    return found.url();
  }

  /** The same with other traces. */
  ReplayTarget traces(TracesSection traces) {
    return new ReplayTarget(
        new Config(config.kafka(), config.topics(), traces, config.metrics(), config.logs()),
        signal);
  }

  TracesSection traces() {
    return config.traces();
  }

  /**
   * The same with more rules of processing: conditions see items as Kafka holds them, a mark is put
   * on what is delivered.
   *
   * @param conditions under which an item is replayed, by name
   * @param mark an attribute of the resource, key to value
   */
  ReplayTarget with(Map<String, String> conditions, Map<String, String> mark) {
    List<RuleConfig> rules = new ArrayList<>();
    conditions.forEach(
        (name, condition) -> rules.add(RuleConfig.keep("replay-" + name, condition)));
    rules.addAll(processing().rules());
    mark.forEach(
        (key, value) ->
            rules.add(
                RuleConfig.set(
                    "replay-mark", RuleConfig.Place.RESOURCE, key, TextNode.valueOf(value))));
    ProcessingConfig all = new ProcessingConfig(rules, processing().deadLetters());
    return new ReplayTarget(
        new Config(
            config.kafka(),
            config.topics(),
            config.traces().withProcessing(all),
            config.metrics().withProcessing(all),
            config.logs().withProcessing(all)),
        signal);
  }

  /** Starts the signal's processor with a destination that has only a URL. */
  Role startTo(String url, String name, Extent extent, MeterRegistry registry) {
    return start(
        Map.of(name, DestinationConfig.to(url)),
        Map.of(name, MetricsDestination.to(url)),
        Map.of(name, LogsDestination.to(url)),
        extent,
        registry);
  }

  /** Starts it with a destination of the configuration under another name. */
  Role startLike(String destination, String name, Extent extent, MeterRegistry registry) {
    return switch (signal) {
      case TRACES ->
          start(
              Map.of(name, requireNonNull(config.traces().destinations().get(destination))),
              Map.of(),
              Map.of(),
              extent,
              registry);
      case METRICS ->
          start(
              Map.of(),
              Map.of(name, requireNonNull(config.metrics().destinations().get(destination))),
              Map.of(),
              extent,
              registry);
      case LOGS ->
          start(
              Map.of(),
              Map.of(),
              Map.of(name, requireNonNull(config.logs().destinations().get(destination))),
              extent,
              registry);
    };
  }

  private Role start(
      Map<String, DestinationConfig> traces,
      Map<String, MetricsDestination> metrics,
      Map<String, LogsDestination> logs,
      Extent extent,
      MeterRegistry registry) {
    KafkaConfig kafka = config.kafka();
    TopicsConfig topics = config.topics();
    AdminConfig admin = AdminConfig.DEFAULT;
    return switch (signal) {
      case TRACES ->
          TracesProcessor.start(
              new TracesConfig(kafka, topics, admin, config.traces().to(traces)), extent, registry);
      case METRICS ->
          MetricsProcessor.start(
              new MetricsConfig(kafka, topics, admin, config.metrics().to(metrics)),
              extent,
              registry);
      case LOGS ->
          LogsProcessor.start(
              new LogsConfig(kafka, topics, admin, config.logs().to(logs)), extent, registry);
    };
  }
}
