package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.chaos.Sink.Fault;
import io.millrace.otlp.Signal;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The backend of all processors is away, slow, refuses, or hangs up. */
@ExtendWith(SharedFleet.class)
class BackendIT {

  /** {@code delivery.max-in-flight-bytes} of the fleet. */
  private static final long IN_FLIGHT_BYTES = 1 << 20;

  /** What one poll adds to it: as much as a fetch brings. */
  private static final long POLL_BYTES = 2 << 20;

  private Fleet fleet;
  private Sink sink;

  @BeforeEach
  void remember(Fleet shared) {
    fleet = shared;
    sink = shared.sink();
  }

  @AfterEach
  void recover() {
    sink.recover();
  }

  @Test
  void shouldHoldWhatIsSentWhileTheBackendIsAway() {
    // Given
    Random random = Form.random("backend away");
    try (Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(10);

      // When
      sink.leave();
      load.awaitFor(Form.of(Duration.ofSeconds(5), Duration.ofMinutes(10)), 100);

      // Then
      assertMemoryIsFlat();
      sink.comeBack();
      load.finish().report("backend away", 1);
      load.assertLedgerAgrees(true);
    }
  }

  @Test
  void shouldHoldWhatIsSentWhileTheBackendIsSlow() {
    // Given
    Random random = Form.random("backend slow");
    try (Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(10);

      // When
      sink.fail(tenant -> Fault.SLOW);
      load.awaitFor(Form.of(Duration.ofSeconds(5), Duration.ofMinutes(2)), 100);

      // Then
      assertMemoryIsFlat();
      sink.recover();
      load.finish().report("backend slow", 1);
      for (Signal signal : fleet.signals()) {
        assertThat(load.repeated(signal)).as("%s sent again without need", signal).isEmpty();
      }
      load.assertLedgerAgrees(true);
    }
  }

  /** As long as what is refused leaves room in a partition's share of the memory. */
  @Test
  void shouldDeliverTheItemsOfOthersWhileOneTenantIsRefused() {
    // Given
    Random random = Form.random("tenant refused");
    try (Load quiet = Load.start(fleet, "quiet", random);
        Load refused = Load.start(fleet, "refused", random)) {
      // When
      sink.fail(tenant -> tenant.equals("refused") ? Fault.TOO_MANY_REQUESTS : Fault.NONE);
      refused.awaitAcknowledged(20);
      refused.close();

      // Then
      quiet.awaitFor(Form.of(Duration.ofSeconds(3), Duration.ofMinutes(2)), 10);
      quiet.awaitDelivered();
      assertMemoryIsFlat();
      sink.recover();
      quiet.finish().and(refused.finish()).report("429 for one tenant", 1);
    }
    fleet.assertLedgerCloses();
  }

  @Test
  void shouldKeepTheOrderOfAResourceWhileTheBackendHangsUp() {
    // Given
    Random random = Form.random("backend hangs up");
    List<Fault> faults =
        List.of(
            Fault.NONE,
            Fault.NONE,
            Fault.RESET_IN_REQUEST,
            Fault.STORED_AND_LOST,
            Fault.RESET_IN_ANSWER,
            Fault.TOO_MANY_REQUESTS);
    List<Signal> ordered =
        fleet.signals().stream().filter(signal -> signal != Signal.TRACES).toList();
    List<Integer> overtaken = ordered.stream().map(this::overtaken).toList();
    try (Load load = Load.start(fleet, random)) {
      // When
      sink.fail(tenant -> faults.get(random.nextInt(faults.size())));
      load.awaitFor(Form.of(Duration.ofSeconds(5), Duration.ofMinutes(2)), 100);
      sink.recover();

      // Then
      load.finish().report("backend hangs up", 1);
      assertThat(ordered.stream().map(this::overtaken)).as("overtaken").isEqualTo(overtaken);
      load.assertLedgerAgrees(true);
    }
  }

  private int overtaken(Signal signal) {
    return sink.arrivals(signal).overtaken().size();
  }

  private void assertMemoryIsFlat() {
    for (Member processor : fleet.processors()) {
      assertThat(processor.metric("millrace_in_flight_bytes"))
          .as("bytes in flight of %s", processor)
          .isLessThanOrEqualTo(IN_FLIGHT_BYTES + POLL_BYTES);
    }
  }
}
