package io.millrace.metrics.delta;

import com.google.protobuf.InvalidProtocolBufferException;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.otlp.Signal;
import io.millrace.topics.DeadLetterHeaders;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.millrace.topics.TopicsConfig;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;

/**
 * The topology without Kafka, each topic with one partition. What is written to a topic that is
 * read, too, is read at once.
 */
final class SummingDriver implements AutoCloseable {

  static final Instant BEGIN = Instant.ofEpochSecond(1_000_000);

  private static final TopicsConfig TOPICS = TopicsConfig.DEFAULT.withReplicationFactor(1);

  final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RocksDbMemory memory;
  private final TopologyTestDriver driver;
  private final TestInputTopic<byte[], byte[]> metrics;
  private final TestInputTopic<byte[], byte[]> delta;
  private final TestOutputTopic<byte[], byte[]> sums;
  private Instant now = BEGIN;

  SummingDriver(Path folder, DeltaConfig config) {
    memory = new RocksDbMemory(config.memoryBytes(), DeltaTopology.STORES);
    Properties properties =
        StreamsProperties.of(
            KafkaConfig.DEFAULT, "test", TOPICS.of(Signal.METRICS), config.in(folder), memory);
    driver = new TopologyTestDriver(topology(config), properties, BEGIN);
    String name = TOPICS.of(Signal.METRICS).name();
    var write = new ByteArraySerializer();
    metrics = driver.createInputTopic(name, write, write);
    delta = driver.createInputTopic(TOPICS.metricsDelta().name(), write, write);
    sums = driver.createOutputTopic(name, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private Topology topology(DeltaConfig config) {
    return topology(config, new DeltaMeters(registry));
  }

  static Topology topology(DeltaConfig config, DeltaMeters meters) {
    return DeltaTopology.of(
        new DeltaTopology.Ends(TOPICS.of(Signal.METRICS), 1, TOPICS.metricsDelta(), 1),
        config,
        meters);
  }

  void send(ExportMetricsServiceRequest request) {
    send("", request);
  }

  void send(String tenant, ExportMetricsServiceRequest request) {
    sendBytes(metrics, tenant, request.toByteArray());
  }

  /** As another writer of the metrics topic does. */
  void sendBytes(byte[] value) {
    sendBytes(metrics, "", value);
  }

  /** A dead letter of this destination, sent through again. */
  void sendRedriven(String destination, ExportMetricsServiceRequest request) {
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    RecordHeaders.put(headers, DeadLetterHeaders.REDRIVEN_TO, destination);
    metrics.pipeInput(new TestRecord<>(null, request.toByteArray(), headers, now));
  }

  /** As another writer of that topic does. */
  void sendToDelta(byte[] value) {
    sendBytes(delta, "", value);
  }

  private void sendBytes(TestInputTopic<byte[], byte[]> topic, String tenant, byte[] value) {
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    if (!tenant.isEmpty()) {
      RecordHeaders.put(headers, RecordHeaders.TENANT, tenant);
    }
    topic.pipeInput(new TestRecord<>(null, value, headers, now));
  }

  /** What has come back since the last call, metric by metric. */
  List<Metric> take() {
    List<Metric> result = new ArrayList<>();
    for (TestRecord<byte[], byte[]> record : takeRecords()) {
      parse(record.value()).getResourceMetricsList().stream()
          .flatMap(resource -> resource.getScopeMetricsList().stream())
          .forEach(scope -> result.addAll(scope.getMetricsList()));
    }
    return result;
  }

  List<TestRecord<byte[], byte[]>> takeRecords() {
    return sums.readRecordsToList();
  }

  static ExportMetricsServiceRequest parse(byte[] value) {
    try {
      return ExportMetricsServiceRequest.parseFrom(value);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  /** Time passes on the clock, and so on an idle partition. */
  void advance(Duration by) {
    for (Duration left = by; !left.isZero(); left = left.minusSeconds(1)) {
      now = now.plusSeconds(1);
      driver.advanceWallClockTime(Duration.ofSeconds(1));
    }
  }

  /** All counters that are not 0, {@code name{reason}} without the common beginning. */
  Map<String, Long> counts() {
    Map<String, Long> counts = new TreeMap<>();
    for (Meter meter : registry.getMeters()) {
      long value = (long) meter.measure().iterator().next().getValue();
      String reason = meter.getId().getTag("reason");
      String name = meter.getId().getName().replace("millrace.delta.", "");
      if (value != 0) {
        counts.put(reason == null ? name : name + " " + reason, value);
      }
    }
    return counts;
  }

  KeyValueStore<Bytes, byte[]> store(String name) {
    return driver.getKeyValueStore(name);
  }

  @Override
  public void close() {
    driver.close();
    memory.close();
  }
}
