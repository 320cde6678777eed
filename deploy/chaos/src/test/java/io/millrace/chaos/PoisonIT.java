package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import io.millrace.standalone.Item;
import io.millrace.standalone.LedgerTable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Records that no gateway would write, among those that it does: what cannot be read becomes a dead
 * letter, what is only strange is passed on, and no process dies of either.
 */
@ExtendWith(SharedFleet.class)
class PoisonIT {

  private static final int ROUNDS = Form.of(1, 5);
  private static final int MOST_REQUESTS = 50;

  @ParameterizedTest
  @EnumSource
  void shouldDeadLetterWhatCannotBeReadAndDeliverTheRest(Signal signal, Fleet fleet)
      throws Exception {
    // Given
    Random random = Form.random("poison " + signal);
    String topic = Fleet.topic(signal);
    String column = signal.id() + "/" + Fleet.DESTINATION;
    long lettersBefore = letters(fleet, topic);
    LedgerTable ledgerBefore = fleet.ledger();
    int strangeBefore = fleet.sink().arrivals(signal).foreign().size();
    List<Integer> strange = new ArrayList<>();
    int unreadable = 0;
    try (Load load = Load.start(fleet, random);
        var producer = producer(fleet)) {
      for (int round = 0; round < ROUNDS; round++) {
        // When
        for (Poison poison : Poison.every(signal, random)) {
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
          var record =
              new ProducerRecord<byte[], byte[]>(topic, random.nextInt(4), null, poison.value());
          poison.headers().forEach((name, value) -> record.headers().add(name, value));
          producer.send(record).get();
          unreadable += poison.isReadable() ? 0 : 1;
          if (poison.isReadable()) {
            Item.of(signal, poison.value()).forEach(item -> strange.add(item.hashCode()));
          }
        }
        load.awaitDelivered();
      }

      // Then
      load.finish().report("poison: " + signal.id(), ROUNDS);
      assertThat(letters(fleet, topic) - lettersBefore)
          .as("dead letters of %s", signal)
          .isEqualTo(unreadable);
      int expected = strangeBefore + strange.size();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> fleet.sink().arrivals(signal).foreign().size() >= expected);
      List<Integer> foreign = fleet.sink().arrivals(signal).foreign();
      assertThat(foreign.subList(strangeBefore, foreign.size()))
          .as("hash codes of the strange %s", signal)
          .containsExactlyInAnyOrderElementsOf(strange);
      LedgerTable ledger = fleet.assertLedgerCloses();
      assertThat(
              ledger.figure("dead-lettered", column) - ledgerBefore.figure("dead-lettered", column))
          .as("%s dead-lettered", signal)
          .isEqualTo(unreadable);
    }
    assertThat(fleet.isWhole()).as("nobody has died").isTrue();
  }

  private static long letters(Fleet fleet, String topic) {
    return fleet.kafka().ends(topic + "-dead").values().stream().mapToLong(Long::longValue).sum();
  }

  /**
   * As a stranger has it: without a bound on what it sends, and with a compression that shrinks.
   */
  private static KafkaProducer<byte[], byte[]> producer(Fleet fleet) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", fleet.broker().clients());
    properties.put("max.request.size", 256 << 20);
    properties.put("buffer.memory", 512L << 20);
    properties.put("compression.type", "gzip");
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }
}
