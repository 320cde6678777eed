package io.millrace.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What a delivery by a JVM cannot go below: Kafka's consumer set up as ours is, and the JDK's HTTP
 * client, with as many bytes in as many requests. Nothing is looked at, retried or kept in order.
 */
final class BareDelivery {

  /** How much of a delivery it does. */
  enum Mode {
    /** Reads records and tells the backend, ten times a second, how many items it has read. */
    READ,
    /** Posts them as well. */
    POST
  }

  private static final int BATCH_BYTES = 1 << 20;
  private static final int REQUESTS = 16;
  private static final long NANOS_BETWEEN_COUNTS = 100_000_000;
  private static final Duration POLL = Duration.ofMillis(100);

  private final URI backend;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Semaphore room = new Semaphore(REQUESTS);
  private final ByteArrayOutputStream batch = new ByteArrayOutputStream(BATCH_BYTES);
  private long items;
  private long countedAt = System.nanoTime();

  private BareDelivery(URI backend) {
    this.backend = backend;
  }

  /**
   * @param args bootstrap servers, topic, host and port of the backend, mode, items of a record
   */
  public static void main(String[] args) throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            args[0],
            "group.id",
            "bare-" + args[1],
            "auto.offset.reset",
            "earliest",
            "isolation.level",
            "read_committed",
            "max.poll.records",
            100,
            "fetch.max.bytes",
            2 << 20);
    var bytes = new ByteArrayDeserializer();
    BareDelivery delivery = new BareDelivery(URI.create("http://" + args[2]));
    boolean isPosted = Mode.valueOf(args[3]) == Mode.POST;
    int itemsOfRecord = Integer.parseInt(args[4]);
    try (var consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.subscribe(List.of(args[1]));
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          if (isPosted) {
            delivery.add(record.value());
          } else {
            delivery.items += itemsOfRecord;
          }
        }
        delivery.flush();
      }
    }
  }

  private void add(byte[] value) throws InterruptedException {
    if (batch.size() + value.length > BATCH_BYTES) {
      post("/v1/logs", batch.toByteArray());
      batch.reset();
    }
    batch.writeBytes(value);
    countedAt = System.nanoTime();
  }

  /** What has waited for long: a number of items, or the last batch. */
  private void flush() throws InterruptedException {
    if (System.nanoTime() - countedAt < NANOS_BETWEEN_COUNTS) {
      return;
    }
    countedAt = System.nanoTime();
    if (items > 0) {
      post(CountingBackend.COUNTED, Long.toString(items).getBytes(UTF_8));
      items = 0;
    }
    if (batch.size() > 0) {
      post("/v1/logs", batch.toByteArray());
      batch.reset();
    }
  }

  private void post(String path, byte[] body) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(backend.resolve(path))
            .header("Content-Type", "application/x-protobuf")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    room.acquire();
    var unused =
        client
            .sendAsync(request, HttpResponse.BodyHandlers.discarding())
            .whenComplete((response, failure) -> room.release());
  }
}
