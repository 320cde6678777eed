package io.millrace.metrics.delta;

import static io.millrace.metrics.delta.Deltas.attribute;
import static io.millrace.metrics.delta.Deltas.buckets;
import static io.millrace.metrics.delta.Deltas.counter;
import static io.millrace.metrics.delta.Deltas.exponential;
import static io.millrace.metrics.delta.Deltas.histogram;
import static io.millrace.metrics.delta.Deltas.seconds;
import static io.millrace.metrics.delta.Deltas.whole;

import io.millrace.topics.KafkaConfig;
import io.opentelemetry.proto.metrics.v1.NumberDataPoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A sender of deltas and what it has sent: the oracle. It adds as it sends, and knows nothing of
 * how others add.
 */
final class DeltaSender implements AutoCloseable {

  private static final int SERVICES = 7;
  private static final int COUNTERS = 10;
  private static final double BEGIN = 1_800_000_000;

  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final Random random;
  private final Map<String, Totals> totals = new HashMap<>();
  private final Map<String, Map<Long, Totals>> history = new HashMap<>();
  private int intervals;
  private int deltas;

  DeltaSender(KafkaConfig kafka, String topic, int partitions, long seed) {
    Map<String, Object> properties = kafka.clientProperties("deltas");
    properties.put("acks", "all");
    this.producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
    this.partitions = partitions;
    this.random = new Random(seed);
  }

  /** An interval of each service, acknowledged when it returns. */
  void send() throws ExecutionException, InterruptedException {
    double start = BEGIN + intervals;
    double end = start + 1;
    intervals++;
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (int service = 0; service < SERVICES; service++) {
      byte[] value = interval("service-" + service, start, end);
      sent.add(producer.send(new ProducerRecord<>(topic, service % partitions, null, value)));
    }
    for (Future<RecordMetadata> each : sent) {
      each.get();
    }
  }

  private byte[] interval(String service, double start, double end) {
    NumberDataPoint.Builder[] counters = new NumberDataPoint.Builder[COUNTERS];
    for (int i = 0; i < COUNTERS; i++) {
      long more = random.nextInt(1000);
      counters[i] = whole(start, end, more).addAttributes(attribute("i", "" + i));
      add(service + "/c/" + i, start, end, more);
    }
    long[] counts = {random.nextInt(9), random.nextInt(9), random.nextInt(9)};
    long sum = random.nextInt(1000);
    long count = counts[0] + counts[1] + counts[2];
    add(service + "/h/", start, end, count, sum, counts[0], counts[1], counts[2]);
    add(service + "/e/", start, end, count, sum, counts[0], counts[1], counts[2]);
    return Deltas.of(
            service,
            counter("c", counters),
            histogram("h", buckets(start, end, counts).setSum(sum)),
            exponential("e", exponential(start, end, 2, 5, counts).setSum(sum)))
        .toByteArray();
  }

  private void add(String series, double start, double end, long... more) {
    Totals before = totals.get(series);
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < more.length; i++) {
      values.add(more[i] + (before == null ? 0 : before.values().get(i)));
    }
    Totals after =
        new Totals(before == null ? seconds(start) : before.start(), seconds(end), values);
    totals.put(series, after);
    history.computeIfAbsent(series, key -> new HashMap<>()).put(after.time(), after);
    deltas++;
  }

  /** By series: {@code service/metric/attribute}. */
  Map<String, Totals> totals() {
    return totals;
  }

  /** Was this the sum of a series at its time? */
  boolean wasTrue(String series, Totals sum) {
    return sum.equals(history.getOrDefault(series, Map.of()).get(sum.time()));
  }

  int deltas() {
    return deltas;
  }

  @Override
  public void close() {
    producer.close();
  }
}
