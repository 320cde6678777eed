package io.millrace.bench;

import io.millrace.bench.TraceStream.LogTime;
import io.millrace.bench.TraceStream.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The tail sampler beside the Collector's, on topics filled alike: CPU of the process from reading
 * to decided and forwarded, and its peak memory. Each run is a process of its own, measured on a
 * last filling when it has warmed up on others.
 */
final class TracesBench {

  private static final int DECISION_WAIT_SECONDS = 10;

  private static final int WARM_UP_TURNS = 3;

  /** Windows held against the one of 10 s, and the log time they move over. */
  private static final List<Integer> WINDOWS_SECONDS = List.of(60, 600);

  private static final long WINDOWS_LOG_MILLIS = 1_200_000;

  /** A sampler must be done so long after the topic is full; the Collector needs most of it. */
  private static final long DONE_SECONDS = 900;

  /**
   * @param seconds a decision waits
   * @param logMillis that a filling spreads over; 0 for the time of the broker
   */
  private record Case(String name, Policies policies, Shape shape, int seconds, long logMillis) {

    Case(String name, Policies policies, Shape shape) {
      this(name, policies, shape, DECISION_WAIT_SECONDS, 0);
    }

    static Case ofWindow(int seconds) {
      return new Case(
          "traces.window." + seconds + "s",
          Policies.THREE,
          Shape.WHOLE,
          seconds,
          WINDOWS_LOG_MILLIS);
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case("traces", Policies.THREE, Shape.WHOLE),
          new Case("traces.split", Policies.THREE, Shape.SPLIT),
          new Case("traces.all-policies", Policies.ALL_TYPES, Shape.WHOLE));

  private final Plan plan;
  private final Path folder;
  private final BrokerProcess broker;
  private final OurProcess our;
  private final Path collector;
  private final TraceStream stream = new TraceStream();
  private int runs;

  TracesBench(Plan plan, Path folder, BrokerProcess broker, OurProcess our, Path collector) {
    this.plan = plan;
    this.folder = folder;
    this.broker = broker;
    this.our = our;
    this.collector = collector;
  }

  /** What one run cost, and what it came to. */
  private record Run(double microsPerSpan, double peakMebibytes, long keptTraces, long lost) {

    @Override
    public String toString() {
      return "%.2f us/span, peak %.0f MiB, %d traces kept, lost %d"
          .formatted(microsPerSpan, peakMebibytes, keptTraces, lost);
    }
  }

  List<Row> run() {
    List<Row> rows = new ArrayList<>();
    for (Case of : CASES) {
      if (plan.wants(of.name + ".cpu")) {
        rows.addAll(measure(of));
      }
    }
    for (int seconds : WINDOWS_SECONDS) {
      Case of = Case.ofWindow(seconds);
      if (plan.wants(of.name + ".cpu")) {
        rows.addAll(measure(of, Case.ofWindow(DECISION_WAIT_SECONDS)));
      }
    }
    return rows;
  }

  /** A window beside a shorter one: {@code theirs} is ours as well. */
  private List<Row> measure(Case of, Case shorter) {
    plan.say("%s: %d spans, beside %s".formatted(of.name, plan.items(), shorter.name));
    return rows(of, Pairs.measure(plan, () -> ours(of), () -> ours(shorter)));
  }

  private List<Row> measure(Case of) {
    plan.say("%s: %d spans, traces of 10".formatted(of.name, plan.items()));
    return rows(of, Pairs.measure(plan, () -> ours(of), () -> theirs(of)));
  }

  private static List<Row> rows(Case of, Pairs<Run> pairs) {
    long lost = pairs.ours().stream().mapToLong(Run::lost).sum();
    return List.of(
        pairs.row(of.name + ".cpu", "us/span", Run::microsPerSpan, lost),
        pairs.row(of.name + ".memory", "MiB", Run::peakMebibytes, lost));
  }

  /**
   * As {@code ./millrace traces} runs it, with a heap of 320 MiB. What waits at the gate lives for
   * a while: the young generation has room for it.
   */
  private Run ours(Case of) {
    String topic = newTopic(of.logMillis == 0 ? "LogAppendTime" : "CreateTime");
    int admin = Child.freePort();
    Path config =
        write(
            "ours.yaml",
            """
            traces:
              memory-bytes: 96MiB
              look-back: %ds
              destinations: {sink: {url: "discard:/"}}
              tail_sampling:
            """
                    .formatted(3 * of.seconds)
                + of.policies.block(4, of.seconds));
    List<String> command = our.command("traces");
    command.add("--config");
    command.add(config.toString());
    OurProcess.set(command, "kafka.bootstrap-servers", broker.bootstrapServers());
    OurProcess.set(command, "topics.traces.name", topic);
    OurProcess.set(command, "topics.traces.replication-factor", 1);
    OurProcess.set(command, "traces.delivery.group-prefix", topic);
    OurProcess.set(command, "admin.port", admin);
    String group = topic + "-traces-sink";
    try (Child process = our.start("ours", folder, command, "-Xmx320m -Xmn140m")) {
      process.awaitPort(admin);
      Metrics metrics = new Metrics(admin);
      // All of it so long ago that the last decision is due when it is read.
      long end = System.currentTimeMillis() - TimeUnit.SECONDS.toMillis(of.seconds);
      for (int turns = WARM_UP_TURNS; turns > 0; turns--) {
        LogTime time = time(of, end - (turns + 1) * of.logMillis);
        stream.fill(broker, topic, plan.warmUpItems() / WARM_UP_TURNS, of.shape, time);
        cpuWhenCommitted(process, topic, group);
      }
      double before = metrics.sum("millrace_sampling_traces_total", "verdict=\"sampled\"");
      Usage usage =
          fillAndMeasure(
              process,
              of,
              topic,
              time(of, end - of.logMillis),
              done -> cpuWhenCommitted(done, topic, group));
      double settled =
          metrics.sum("millrace_delivered_items_total", "")
              + metrics.sum("millrace_sampled_out_items_total", "");
      double kept = metrics.sum("millrace_sampling_traces_total", "verdict=\"sampled\"") - before;
      long lost = plan.warmUpItems() + plan.items() - Math.round(settled);
      return new Run(usage.microsPerSpan, usage.peakMebibytes, Math.round(kept), lost);
    } finally {
      broker.deleteTopic(topic);
    }
  }

  private Run theirs(Case of) {
    String topic = newTopic("LogAppendTime");
    int metricsPort = Child.freePort();
    String text =
        CONFIG
                .replace("BROKER", broker.bootstrapServers())
                .replace("TOPIC", topic)
                .replace("METRICS_PORT", Integer.toString(metricsPort))
            + "  tail_sampling:\n"
            + of.policies.block(4, DECISION_WAIT_SECONDS);
    Path config = write("collector-traces.yaml", text);
    List<String> command = List.of(collector.toString(), "--config", config.toString());
    try (Child process = Child.start("theirs", folder, Map.of(), command)) {
      process.awaitPort(metricsPort);
      Metrics metrics = new Metrics(metricsPort);
      stream.fill(broker, topic, plan.warmUpItems() / 10, of.shape, null);
      cpuWhenAtRest(process, topic);
      String counter = "otelcol_processor_tail_sampling_global_count_traces_sampled";
      double before = metrics.sum(counter, "sampled=\"true\"");
      Usage usage = fillAndMeasure(process, of, topic, null, done -> cpuWhenAtRest(done, topic));
      double kept = metrics.sum(counter, "sampled=\"true\"") - before;
      return new Run(usage.microsPerSpan, usage.peakMebibytes, Math.round(kept), 0);
    } finally {
      broker.deleteTopic(topic);
    }
  }

  private static final String CONFIG =
      """
      receivers:
        kafka:
          brokers: ["BROKER"]
          group_id: TOPIC
          initial_offset: earliest
          traces: {topics: [TOPIC], encoding: otlp_proto}
      exporters:
        nop: {}
      service:
        telemetry:
          logs: {level: warn}
          metrics:
            level: basic
            readers: [{pull: {exporter: {prometheus: {host: 127.0.0.1, port: METRICS_PORT}}}}]
        pipelines:
          traces: {receivers: [kafka], processors: [memory_limiter, tail_sampling], exporters: [nop]}
      processors:
        memory_limiter: {check_interval: 1s, limit_mib: 16384}
      """;

  private static @Nullable LogTime time(Case of, long from) {
    return of.logMillis == 0 ? null : new LogTime(from, of.logMillis);
  }

  private record Usage(double microsPerSpan, double peakMebibytes) {}

  private Usage fillAndMeasure(
      Child process, Case of, String topic, @Nullable LogTime time, ToDoubleFunction<Child> done) {
    ProcessUsage usage = process.usage();
    usage.resetPeak();
    double before = usage.cpuSeconds();
    stream.fill(broker, topic, plan.items(), of.shape, time);
    double cpu = done.applyAsDouble(process) - before;
    return new Usage(cpu / plan.items() * 1e6, usage.peakBytes() / 1048576.0);
  }

  /** CPU seconds when all is committed: for us that is when all is decided and forwarded. */
  private double cpuWhenCommitted(Child process, String topic, String group) {
    long end = BrokerProcess.sum(broker.endOffsets(topic).values());
    process.await(
        "has committed all of " + topic,
        DONE_SECONDS,
        () -> BrokerProcess.sum(broker.committed(group).values()) >= end);
    return process.usage().cpuSeconds();
  }

  /** CPU seconds when all is committed, and the process has come to rest after its decisions. */
  private double cpuWhenAtRest(Child process, String topic) {
    cpuWhenCommitted(process, topic, topic);
    Rest rest = new Rest(process.usage());
    process.await("is at rest", DONE_SECONDS, rest::reached);
    return rest.cpu;
  }

  /** Whether a process has done next to nothing for longer than a decision waits. */
  private static final class Rest {

    private static final long NANOS = (DECISION_WAIT_SECONDS + 4) * 1_000_000_000L;

    private final ProcessUsage usage;
    private double cpu;
    private long since = System.nanoTime();

    Rest(ProcessUsage usage) {
      this.usage = usage;
      this.cpu = usage.cpuSeconds();
    }

    boolean reached() {
      double now = usage.cpuSeconds();
      if (now - cpu > NANOS / 1e9 / 20) {
        cpu = now;
        since = System.nanoTime();
      }
      return System.nanoTime() - since > NANOS;
    }
  }

  private String newTopic(String timestampType) {
    String topic = "bench-traces-" + runs++;
    broker.createTopic(topic, timestampType);
    return topic;
  }

  private Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A process's Prometheus page. */
  private record Metrics(int port) {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** Of all series of a name whose labels contain a text. */
    double sum(String name, String label) {
      return page()
          .lines()
          .filter(line -> line.startsWith(name + "{") || line.startsWith(name + "_total{"))
          .filter(line -> line.contains(label))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    }

    private String page() {
      URI uri = URI.create("http://127.0.0.1:" + port + "/metrics");
      try {
        return CLIENT
            .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
            .body();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }
}
