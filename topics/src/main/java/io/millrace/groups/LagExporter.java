package io.millrace.groups;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.Role;
import io.millrace.otlp.Signal;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code lag-exporter}: tells how far behind the groups of the configured topics are, whether
 * anybody is in them or not; so a pool at zero can be scaled up. Its own thread looks; what it saw
 * is read by any.
 */
public final class LagExporter implements Role {

  private static final Logger log = LoggerFactory.getLogger(LagExporter.class);

  private final LagExporterConfig config;
  private final Clock clock;
  private final MultiGauge records;
  private final MultiGauge bytes;
  private final MultiGauge seconds;
  private final MultiGauge members;
  private final Counter failures;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "lag");
  private volatile Optional<String> unready = Optional.of("has not asked Kafka yet");

  private LagExporter(LagExporterConfig config, MeterRegistry registry, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.records = gauge(registry, "lag.records", "Records that a group has not committed");
    this.bytes =
        gauge(registry, "lag.bytes", "Those records times the average size of one on disk");
    this.seconds =
        gauge(registry, "lag.seconds", "Now minus the append time of the next record to commit");
    this.members = gauge(registry, "members", "Consumers in a group");
    this.failures =
        Counter.builder("millrace.group.lag.failures")
            .description("Looks that failed")
            .register(registry);
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder("millrace.group." + name).description(description).register(registry);
  }

  public static void main(String[] args) {
    System.exit(
        Daemon.run(
            "lag-exporter",
            LagExporterConfig.DEFAULT,
            LagExporterConfig::admin,
            LagExporter::start,
            args));
  }

  /** Starts looking. Kafka need not be there yet. */
  public static Role start(LagExporterConfig config, MeterRegistry registry) {
    LagExporter exporter = new LagExporter(config, registry, Clock.systemUTC());
    exporter.thread.start();
    return exporter;
  }

  private void run() {
    Set<String> topics =
        Stream.of(Signal.values())
            .map(signal -> config.topics().of(signal).name())
            .collect(Collectors.toSet());
    try (LagReader reader = new LagReader(config.kafka(), topics)) {
      do {
        look(reader);
      } while (!stop.await(config.lagExporter().interval().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What cannot be asked is not told: an old figure would look like one of now. */
  private void look(LagReader reader) {
    try {
      List<GroupLag> lags = reader.read();
      tell(lags, reader.members(lags));
      unready = Optional.empty();
    } catch (KafkaException e) {
      failures.increment();
      tell(List.of(), Map.of());
      if (unready.isEmpty()) {
        log.warn("kafka-away: the lag of groups cannot be asked for: {}", e.getMessage());
      }
      unready =
          Optional.of(
              "cannot ask Kafka at %s: %s"
                  .formatted(config.kafka().bootstrapServers(), e.getMessage()));
    }
  }

  private void tell(Collection<GroupLag> lags, Map<String, Integer> groupMembers) {
    records.register(rows(lags, GroupLag::records), true);
    bytes.register(rows(lags, GroupLag::bytes), true);
    // Grows between looks too.
    seconds.register(
        lags.stream()
            .map(lag -> MultiGauge.Row.of(tags(lag), lag, it -> it.seconds(clock.millis())))
            .collect(Collectors.toList()),
        true);
    members.register(
        groupMembers.entrySet().stream()
            .map(group -> MultiGauge.Row.of(Tags.of("group", group.getKey()), group.getValue()))
            .collect(Collectors.toList()),
        true);
  }

  private interface Figure {
    double of(GroupLag lag);
  }

  private static List<MultiGauge.Row<?>> rows(Collection<GroupLag> lags, Figure figure) {
    return lags.stream()
        .<MultiGauge.Row<?>>map(lag -> MultiGauge.Row.of(tags(lag), figure.of(lag)))
        .toList();
  }

  private static Tags tags(GroupLag lag) {
    return Tags.of(
        "group",
        lag.group(),
        "topic",
        lag.partition().topic(),
        "partition",
        Integer.toString(lag.partition().partition()));
  }

  @Override
  public Optional<String> unready() {
    return unready;
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
