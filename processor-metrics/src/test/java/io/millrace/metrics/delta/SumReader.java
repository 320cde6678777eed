package io.millrace.metrics.delta;

import io.millrace.topics.KafkaConfig;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.metrics.v1.ExponentialHistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.HistogramDataPoint;
import io.opentelemetry.proto.metrics.v1.Metric;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import io.opentelemetry.proto.metrics.v1.ResourceMetrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the sums that were committed, as any destination does. */
final class SumReader implements AutoCloseable {

  /** One sum as it was read. */
  record Read(String series, Totals sum) {}

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<Read> all = new ArrayList<>();
  private final Map<String, Totals> last = new HashMap<>();
  private final List<String> disordered = new ArrayList<>();
  private final Map<String, Long> readAtNanos = new HashMap<>();
  private long longestPauseNanos;

  SumReader(KafkaConfig kafka, String topic, int partitions) {
    Map<String, Object> properties = kafka.clientProperties("sums");
    properties.put("isolation.level", "read_committed");
    consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> ids =
        IntStream.range(0, partitions).mapToObj(id -> new TopicPartition(topic, id)).toList();
    consumer.assign(ids);
    consumer.seekToBeginning(ids);
  }

  /** Reads what is there and answers how many sums there were so far. */
  int read() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(10))) {
      if (RecordHeaders.get(record.headers(), RecordHeaders.SUMMED).isPresent()) {
        SummingDriver.parse(record.value()).getResourceMetricsList().forEach(this::add);
      }
    }
    return all.size();
  }

  private void add(ResourceMetrics resource) {
    String service = text(resource.getResource().getAttributesList());
    for (Metric metric : resource.getScopeMetrics(0).getMetricsList()) {
      String name = service + "/" + metric.getName() + "/";
      for (NumberDataPoint point : metric.getSum().getDataPointsList()) {
        Totals sum =
            totals(point.getStartTimeUnixNano(), point.getTimeUnixNano(), point.getAsInt());
        add(name + text(point.getAttributesList()), sum);
      }
      for (HistogramDataPoint point : metric.getHistogram().getDataPointsList()) {
        Totals sum =
            totals(
                point.getStartTimeUnixNano(),
                point.getTimeUnixNano(),
                point.getCount(),
                (long) point.getSum());
        sum.values().addAll(point.getBucketCountsList());
        add(name, sum);
      }
      for (ExponentialHistogramDataPoint point :
          metric.getExponentialHistogram().getDataPointsList()) {
        Totals sum =
            totals(
                point.getStartTimeUnixNano(),
                point.getTimeUnixNano(),
                point.getCount(),
                (long) point.getSum());
        for (int index = 5; index < 8; index++) {
          int at = index - point.getPositive().getOffset();
          boolean within = at >= 0 && at < point.getPositive().getBucketCountsCount();
          sum.values().add(within ? point.getPositive().getBucketCounts(at) : 0L);
        }
        add(name, sum);
      }
    }
  }

  private static Totals totals(long start, long time, long... values) {
    List<Long> list = new ArrayList<>();
    for (long value : values) {
      list.add(value);
    }
    return new Totals(start, time, list);
  }

  private void add(String series, Totals sum) {
    all.add(new Read(series, sum));
    Totals before = last.put(series, sum);
    long now = System.nanoTime();
    Long readBefore = readAtNanos.put(series, now);
    longestPauseNanos = Math.max(longestPauseNanos, readBefore == null ? 0 : now - readBefore);
    if (before != null && before.time() >= sum.time()) {
      disordered.add(series + " at " + sum.time() + " after " + before.time());
    }
  }

  private static String text(List<KeyValue> attributes) {
    return attributes.isEmpty() ? "" : attributes.get(0).getValue().getStringValue();
  }

  /** Longest time between two sums of one series since this was asked last. */
  long takeLongestPauseMillis() {
    long pause = longestPauseNanos / 1_000_000;
    longestPauseNanos = 0;
    return pause;
  }

  boolean hasReached(Map<String, Totals> totals) {
    return totals.entrySet().stream()
        .allMatch(
            entry -> {
              Totals reached = last.get(entry.getKey());
              return reached != null && reached.time() >= entry.getValue().time();
            });
  }

  Map<String, Totals> last() {
    return last;
  }

  /** Sums that were not those of the deltas up to their time, or came twice or too late. */
  List<String> wrong(DeltaSender sender) {
    List<String> wrong = new ArrayList<>(disordered);
    for (Read read : all) {
      if (!sender.wasTrue(read.series(), read.sum())) {
        wrong.add(read.toString());
      }
    }
    return wrong;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
