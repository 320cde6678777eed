package io.millrace.bench;

import com.google.protobuf.MessageLite;
import io.millrace.bench.BrokerProcess.Stored;
import io.millrace.bench.OtlpLoad.Answers;
import io.millrace.bench.OtlpLoad.Payload;
import io.millrace.bench.OtlpLoad.Transport;
import io.millrace.otlp.Signal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * The gateway beside the Collector's: CPU of the process per item, records on Kafka per request,
 * peak memory. Both run all the time; they are loaded in turn.
 */
final class GatewayBench {

  private static final int DISTINCT_REQUESTS = 64;
  private static final int CONNECTIONS = 4;
  private static final int IN_FLIGHT = 32;
  private static final int WARM_UP_TURNS = 4;

  /** Requests in flight that keep a gateway of two cores busy. */
  private static final int ROOM = 128;

  /** Room for about as many. */
  private static final String[] SMALL = {
    "gateway.max-request-bytes=1MiB", "gateway.max-in-flight-bytes=6MiB"
  };

  /** So long a client waits that was refused; exporters wait longer. */
  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * One payload on one way in.
   *
   * @param request makes one
   */
  private record Case(
      String name,
      Signal signal,
      Transport transport,
      boolean gzip,
      Function<Telemetry, MessageLite> request,
      int items) {

    Payload payload() {
      Telemetry telemetry = new Telemetry(name.hashCode());
      List<byte[]> requests =
          Stream.generate(() -> request.apply(telemetry).toByteArray())
              .limit(DISTINCT_REQUESTS)
              .toList();
      return Payload.of(signal, transport, gzip, requests, items);
    }
  }

  private static final List<Case> CASES =
      List.of(
          new Case(
              "traces.grpc.gzip", Signal.TRACES, Transport.GRPC, true, Telemetry::tenTraces, 100),
          new Case(
              "traces.grpc.plain", Signal.TRACES, Transport.GRPC, false, Telemetry::tenTraces, 100),
          new Case(
              "traces.http.gzip", Signal.TRACES, Transport.HTTP, true, Telemetry::tenTraces, 100),
          // An SDK's full batch: one service, a few spans of each of many traces.
          new Case(
              "traces.sdk-batch.grpc.gzip",
              Signal.TRACES,
              Transport.GRPC,
              true,
              t -> t.traces(128, 4, 1),
              512),
          // What a busy process sends in a quiet second: one small trace.
          new Case(
              "traces.small.grpc.gzip",
              Signal.TRACES,
              Transport.GRPC,
              true,
              t -> t.traces(1, 8, 1),
              8),
          new Case(
              "metrics.grpc.gzip", Signal.METRICS, Transport.GRPC, true, Telemetry::metrics, 102),
          new Case("logs.grpc.gzip", Signal.LOGS, Transport.GRPC, true, Telemetry::logs, 102));

  private final Plan plan;
  private final Path folder;
  private final OurProcess our;
  private final BrokerProcess broker;
  private final GatewayProcess ours;
  private final GatewayProcess theirs;

  GatewayBench(
      Plan plan,
      Path folder,
      OurProcess our,
      BrokerProcess broker,
      GatewayProcess ours,
      GatewayProcess theirs) {
    this.plan = plan;
    this.folder = folder;
    this.our = our;
    this.broker = broker;
    this.ours = ours;
    this.theirs = theirs;
  }

  List<Row> run() {
    createTopics(ours);
    createTopics(theirs);
    List<Row> rows = new ArrayList<>();
    for (Case of : CASES) {
      if (plan.wants("gateway." + of.name)) {
        rows.addAll(measure(of));
      }
    }
    if (plan.wants("gateway.overload")) {
      rows.addAll(overload());
    }
    return rows;
  }

  private void createTopics(GatewayProcess of) {
    for (Signal signal : Signal.values()) {
      broker.createTopic(of.topic(signal));
    }
  }

  /**
   * What is acknowledged when five times as many clients send as a gateway has room for, of what it
   * acknowledges at its best. Every request must be answered, and what was acknowledged be there.
   */
  private List<Row> overload() {
    Payload payload = CASES.get(0).payload();
    plan.say("gateway.overload: %d clients, then five times as many".formatted(ROOM));
    Goodput of;
    try (GatewayProcess small = GatewayProcess.ours("small", folder, our.with(SMALL), broker)) {
      createTopics(small);
      of = goodput(small, payload);
    }
    Goodput beside = goodput(theirs, payload);
    plan.say("  ours %s, theirs %s".formatted(of, beside));
    return List.of(
        Row.of(
            "gateway.overload.goodput",
            "of its best",
            List.of(new Row.Pair(of.share(), beside.share())),
            of.lost + beside.lost),
        Row.of(
            "gateway.overload.memory",
            "MiB",
            List.of(new Row.Pair(of.peakMebibytes, beside.peakMebibytes)),
            0));
  }

  /** Acknowledged requests per second, at best and under overload. */
  private record Goodput(
      double best, double overloaded, long refused, double peakMebibytes, long lost) {

    double share() {
      return overloaded / best;
    }

    @Override
    public String toString() {
      return "%.0f requests/s, then %.0f/s with %d refused, peak %.0f MiB, lost %d"
          .formatted(best, overloaded, refused, peakMebibytes, lost);
    }
  }

  private Goodput goodput(GatewayProcess gateway, Payload payload) {
    Duration time = Duration.ofSeconds(plan.pairs() > 1 ? 20 : 5);
    String topic = gateway.topic(payload.signal());
    try (OtlpLoad load = load(gateway, payload)) {
      load.offer(time, ROOM / CONNECTIONS, PAUSE);
      Map<TopicPartition, Long> from = broker.endOffsets(topic);
      Answers best = load.offer(time, ROOM / CONNECTIONS, PAUSE);
      gateway.process().usage().resetPeak();
      Answers overloaded = load.offer(time, 5 * ROOM / CONNECTIONS, PAUSE);
      if (best.failed() != null || overloaded.failed() != null) {
        throw new IllegalStateException(
            "%s left requests without an answer: %s %s"
                .formatted(gateway, best.failed(), overloaded.failed()));
      }
      long acknowledged = (best.acknowledged() + overloaded.acknowledged()) * payload.items();
      Stored stored = broker.stored(payload.signal(), topic, from);
      return new Goodput(
          best.acknowledged() / best.seconds(),
          overloaded.acknowledged() / overloaded.seconds(),
          overloaded.refused(),
          gateway.process().usage().peakBytes() / 1048576.0,
          Math.max(0, acknowledged - stored.items()));
    }
  }

  private List<Row> measure(Case of) {
    Payload payload = of.payload();
    plan.say(
        "gateway.%s: %d items, %d bytes a request"
            .formatted(of.name, payload.items(), payload.meanBytes()));
    // Of small requests no more than of others: their rate is bound by the producer's linger.
    int share = Math.max(100, payload.items());
    long requests = Math.max(1, plan.items() / share);
    try (OtlpLoad toOurs = load(ours, payload);
        OtlpLoad toTheirs = load(theirs, payload)) {
      plan.say("  warming up");
      // In turns, too: what a pause changes must have been compiled anew before it counts.
      for (int turn = 0; turn < WARM_UP_TURNS; turn++) {
        toOurs.send(Math.max(1, plan.warmUpItems() / WARM_UP_TURNS / share), IN_FLIGHT);
        toTheirs.send(Math.max(1, plan.warmUpItems() / WARM_UP_TURNS / 10 / share), IN_FLIGHT);
      }
      Pairs<Run> pairs =
          Pairs.measure(
              plan,
              () -> once(ours, toOurs, payload, requests),
              () -> once(theirs, toTheirs, payload, requests));
      return rows(of.name, pairs);
    }
  }

  private static OtlpLoad load(GatewayProcess to, Payload payload) {
    return new OtlpLoad(to.port(payload.transport()), payload, CONNECTIONS);
  }

  /** What one run cost. */
  private record Run(
      double microsPerItem,
      double recordsPerRequest,
      double peakMebibytes,
      double rate,
      long lost) {

    @Override
    public String toString() {
      return "%.2f us/item (%.0f items/s, %.1f records/request, peak %.0f MiB, lost %d)"
          .formatted(microsPerItem, rate, recordsPerRequest, peakMebibytes, lost);
    }
  }

  private Run once(GatewayProcess gateway, OtlpLoad load, Payload payload, long requests) {
    String topic = gateway.topic(payload.signal());
    Map<TopicPartition, Long> from = broker.endOffsets(topic);
    ProcessUsage usage = gateway.process().usage();
    usage.resetPeak();
    double before = usage.cpuSeconds();
    Answers answers = load.send(requests, IN_FLIGHT);
    double cpu = usage.cpuSeconds() - before;
    if (answers.failed() != null || answers.acknowledged() != requests) {
      throw new IllegalStateException(
          "%s did not take every request: %d of %d, %d told to try again, %s"
              .formatted(
                  gateway, answers.acknowledged(), requests, answers.refused(), answers.failed()));
    }
    long sent = requests * payload.items();
    Stored stored = broker.stored(payload.signal(), topic, from);
    return new Run(
        cpu / sent * 1e6,
        (double) stored.records() / requests,
        usage.peakBytes() / 1048576.0,
        sent / answers.seconds(),
        Math.max(0, sent - stored.items()));
  }

  private static List<Row> rows(String name, Pairs<Run> pairs) {
    long lost =
        Stream.concat(pairs.ours().stream(), pairs.theirs().stream()).mapToLong(Run::lost).sum();
    String item = name.startsWith("traces") ? "span" : name.startsWith("logs") ? "record" : "point";
    return List.of(
        pairs.row("gateway." + name, "us/" + item, Run::microsPerItem, lost),
        pairs.row("gateway." + name + ".records", "records/request", Run::recordsPerRequest, lost),
        pairs.row("gateway." + name + ".memory", "MiB", Run::peakMebibytes, lost));
  }
}
