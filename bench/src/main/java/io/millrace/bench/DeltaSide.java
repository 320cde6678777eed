package io.millrace.bench;

import io.millrace.bench.DeliverySide.Lab;
import io.millrace.topics.RecordHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A process that reads delta points from one topic and writes their sums to another, or to it. */
final class DeltaSide implements AutoCloseable {

  /** So long nothing comes before what is missing counts as lost. */
  private static final long QUIET_NANOS = 20_000_000_000L;

  private static final long DONE_SECONDS = 600;

  private final BrokerProcess broker;
  private final String from;
  private final Child process;
  private final SumsReader sums;

  private DeltaSide(BrokerProcess broker, String from, Child process, SumsReader sums) {
    this.broker = broker;
    this.from = from;
    this.process = process;
    this.sums = sums;
  }

  /** Sums come back to the topic of the deltas, and carry a header. */
  static DeltaSide ours(Lab lab) {
    String topic = "ours-metrics.delta";
    lab.broker().createTopic(topic);
    lab.broker().createTopic(topic + "-waiting");
    List<String> command = lab.our().command("metrics");
    command.add("--config");
    command.add(write(lab, topic, OURS).toString());
    Child process = lab.our().start(topic, lab.folder(), command, "-Xmx200m");
    SumsReader sums =
        new SumsReader(
            lab.broker(),
            topic,
            record -> RecordHeaders.get(record.headers(), RecordHeaders.SUMMED).isPresent());
    return new DeltaSide(lab.broker(), topic, process, sums);
  }

  static DeltaSide theirs(Lab lab) {
    String topic = "theirs-metrics.delta";
    lab.broker().createTopic(topic);
    lab.broker().createTopic(topic + "-sums");
    Path config = write(lab, topic, THEIRS);
    Child process =
        Child.start(
            topic,
            lab.folder(),
            Map.of(),
            List.of(lab.collector().toString(), "--config", config.toString()));
    SumsReader sums = new SumsReader(lab.broker(), topic + "-sums", record -> true);
    return new DeltaSide(lab.broker(), topic, process, sums);
  }

  private static Path write(Lab lab, String topic, String config) {
    try {
      return Files.writeString(
          lab.folder().resolve(topic + ".yaml"),
          config
              .replace("BROKER", lab.broker().bootstrapServers())
              .replace("TOPIC", topic)
              .replace("FOLDER", lab.folder().resolve(topic + "-state").toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** It sums and delivers nothing: what a destination costs is measured by other cases. */
  private static final String OURS =
      """
      kafka: {bootstrap-servers: BROKER}
      topics:
        metrics: {name: TOPIC, replication-factor: 1}
        metrics-delta-name: TOPIC-waiting
      admin: {port: 0}
      metrics:
        delivery: {group-prefix: TOPIC}
        delta: {enabled: true, threads: 2, state-dir: 'FOLDER'}
      """;

  /**
   * With all that makes it fast: batches, and the queue in memory that its exporters have unless
   * told otherwise, so that it does not wait for Kafka.
   */
  private static final String THEIRS =
      """
      receivers:
        kafka:
          brokers: ["BROKER"]
          group_id: TOPIC
          initial_offset: earliest
          metrics: {topics: [TOPIC], encoding: otlp_proto}
      processors:
        deltatocumulative: {max_streams: 10000000}
        batch: {send_batch_size: 8192, timeout: 200ms}
      exporters:
        kafka:
          brokers: ["BROKER"]
          metrics: {topic: TOPIC-sums, encoding: otlp_proto}
          partition_metrics_by_resource_attributes: true
          record_partitioner: {sticky_key: {hasher: murmur2}}
          producer: {required_acks: -1, compression: zstd, max_message_bytes: 1000000}
      service:
        telemetry: {metrics: {level: none}, logs: {level: warn}}
        pipelines:
          metrics:
            receivers: [kafka]
            processors: [deltatocumulative, batch]
            exporters: [kafka]
      """;

  /**
   * What one interval cost.
   *
   * @param lost what did not arrive
   * @param repeated what arrived twice
   */
  record Run(
      double microsPerPoint,
      double pointsPerSecond,
      double peakMebibytes,
      double bytesPerSeries,
      long lost,
      long repeated) {

    @Override
    public String toString() {
      return "%.2f us/point, %.0f points/s, peak %.0f MiB, %.0f B/series, lost %d, repeated %d"
          .formatted(
              microsPerPoint, pointsPerSecond, peakMebibytes, bytesPerSeries, lost, repeated);
    }
  }

  /** Fills the topic while the process stands still, and waits for the sum of every delta. */
  Run run(DeltaStream stream) {
    ProcessUsage usage = process.usage();
    long points = stream.series();
    long before = sums.points();
    process.suspend();
    try {
      stream.fill(broker, from);
    } finally {
      process.resume();
    }
    usage.resetPeak();
    double cpuBefore = usage.cpuSeconds();
    long begin = System.nanoTime();
    Arrival arrival = new Arrival(before + points);
    process.await("has summed " + points + " points", DONE_SECONDS, arrival::isOver);
    double peak = usage.peakBytes();
    long missing = before + points - sums.points();
    return new Run(
        (arrival.cpu - cpuBefore) / points * 1e6,
        points / ((arrival.seenAt - begin) / 1e9),
        peak / 1048576.0,
        peak / points,
        Math.max(0, missing),
        Math.max(0, -missing));
  }

  /** Waits for the last sum, or until none has come for long; knows the CPU seconds by then. */
  private final class Arrival {

    private final long expected;
    private long seen = -1;
    private long seenAt;
    private double cpu;

    Arrival(long expected) {
      this.expected = expected;
    }

    boolean isOver() {
      long now = sums.points();
      if (now != seen) {
        seen = now;
        seenAt = System.nanoTime();
        cpu = process.usage().cpuSeconds();
      }
      return now >= expected || System.nanoTime() - seenAt > QUIET_NANOS;
    }
  }

  @Override
  public void close() {
    process.close();
    sums.close();
  }
}
