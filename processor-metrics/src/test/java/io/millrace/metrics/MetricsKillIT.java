package io.millrace.metrics;

import static io.millrace.metrics.prometheus.Otlp.gauge;
import static io.millrace.metrics.prometheus.Otlp.point;
import static io.millrace.metrics.prometheus.Otlp.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.broker.Broker;
import io.millrace.metrics.prometheus.Receiver;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsAdmin;
import io.millrace.topics.TopicsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the processor under load, again and again, with a backend that answers with an
 * error at times: no sample that Kafka has acknowledged is missing, and none has another value.
 * {@code -Dmillrace.kill.rounds} says how often.
 */
@Tag(Broker.ANY)
@Timeout(600)
class MetricsKillIT {

  private static final int ROUNDS = Integer.getInteger("millrace.kill.rounds", 3);
  private static final int PARTITIONS = 3;
  private static final int SAMPLES_PER_RECORD = 20;

  @TempDir private Path folder;
  private int written;

  @Test
  void shouldStoreEveryAcknowledgedSampleThroughKills() throws Exception {
    // Given
    Random random = new Random(20261121);
    TopicsConfig topics = TopicsConfig.DEFAULT.withReplicationFactor(1);
    try (Broker broker = Broker.forTests(folder.resolve("kafka"));
        Receiver backend = Receiver.start(Receiver.Kind.MIMIR)) {
      KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), Map.of());
      try (TopicsAdmin admin = TopicsAdmin.connect(kafka)) {
        assertThat(admin.apply(topics.catalogue(Signal.METRICS))).isEmpty();
      }
      Path config = config(broker.bootstrapServers(), backend.url());
      try (var producer = producer(kafka)) {
        // When
        for (int round = 1; round <= ROUNDS; round++) {
          int enough = stored(backend) + 1 + random.nextInt(5000);
          try (MetricsProcess process = MetricsProcess.start(folder, config)) {
            while (stored(backend) < enough) {
              assertThat(process.isAlive()).as(process::output).isTrue();
              backend.script(random.nextInt(50) == 0 ? 1 : 0, Receiver.status(503));
              write(producer, topics.of(Signal.METRICS).name());
            }
          } // by SIGKILL
        }
        // Then
        try (MetricsProcess process = MetricsProcess.start(folder, config)) {
          await()
              .atMost(Duration.ofMinutes(2))
              .failFast(() -> assertThat(process.isAlive()).as(process::output).isTrue())
              .untilAsserted(() -> assertThat(backend.stored()).isEqualTo(expected()));
        }
      }
    }
  }

  private static int stored(Receiver backend) {
    return backend.stored().values().stream().mapToInt(Map::size).sum();
  }

  /** A record to each partition, acknowledged when it returns: a sample every millisecond. */
  private void write(KafkaProducer<byte[], byte[]> producer, String topic) throws Exception {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      var points = new io.opentelemetry.proto.metrics.v1.NumberDataPoint[SAMPLES_PER_RECORD];
      for (int i = 0; i < SAMPLES_PER_RECORD; i++) {
        points[i] = point(written + i, written + i, "p", "" + partition);
      }
      byte[] value = request(gauge("g", points));
      producer.send(new ProducerRecord<>(topic, partition, null, value)).get();
    }
    written += SAMPLES_PER_RECORD;
  }

  private Map<Map<String, String>, Map<Long, Double>> expected() {
    Map<Map<String, String>, Map<Long, Double>> expected = new HashMap<>();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      Map<Long, Double> samples = new LinkedHashMap<>();
      for (int i = 0; i < written; i++) {
        samples.put((long) i, (double) i);
      }
      expected.put(Map.of("__name__", "g", "p", "" + partition, "job", "shop"), samples);
    }
    return expected;
  }

  private static KafkaProducer<byte[], byte[]> producer(KafkaConfig kafka) {
    Map<String, Object> properties = kafka.clientProperties("samples");
    properties.put("acks", "all");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The coordinator forgets who was killed after session.timeout.ms. */
  private Path config(String bootstrapServers, String url) throws IOException {
    return Files.writeString(
        folder.resolve("metrics.yaml"),
        """
        kafka:
          bootstrap-servers: %s
          properties: {session.timeout.ms: 6000, heartbeat.interval.ms: 1000}
        admin: {port: 0}
        metrics:
          delivery:
            commit-interval: 100ms
            batch: {max-bytes: 16KiB, max-wait: 20ms}
            retry: {initial: 5ms, max: 20ms}
          destinations:
            backend: {url: '%s', prometheus: {target-info: false}}
        """
            .formatted(bootstrapServers, url));
  }
}
