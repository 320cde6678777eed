package io.millrace.chaos;

import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * {@code kill -9} under load, at random points: whatever was acknowledged arrives, and what had
 * been committed does not come again. The dead take their counts with them, so the ledger is asked
 * of the living only.
 */
@ExtendWith(SharedFleet.class)
class KillIT {

  private static final int ROUNDS = Form.of(1, 20);

  /** Acknowledged requests of each signal between one event and the next. */
  private static final int MOST_REQUESTS = 150;

  enum Victim {
    GATEWAY,
    /** One of each signal. */
    PROCESSOR,
    BROKER,
    ALL
  }

  @ParameterizedTest
  @EnumSource
  void shouldLoseNothingWhenKilledUnderLoad(Victim victim, Fleet fleet) {
    // Given
    Random random = Form.random("kill " + victim);
    try (Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        Map<Signal, BitSet> settled = load.acknowledged();
        fleet.awaitCommitted();
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        boolean broker = victim == Victim.BROKER || victim == Victim.ALL;
        List<Member> members = members(victim, fleet, random);
        if (broker) {
          fleet.broker().kill();
        }
        members.forEach(Member::kill);
        if (!broker) {
          // The others go on.
          load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
        } else {
          fleet.broker().start();
          fleet.broker().awaitReady();
        }
        members.forEach(Member::start);
        fleet.awaitReady();

        // Then
        load.awaitAcknowledged(1);
        load.awaitDelivered();
        load.assertNoneAgain(settled);
      }
      load.finish().report("`kill -9`: " + victim.name().toLowerCase(Locale.ROOT), ROUNDS);
    }
    fleet.assertLedgerCloses();
  }

  private static List<Member> members(Victim victim, Fleet fleet, Random random) {
    return switch (victim) {
      case GATEWAY -> List.of(one(fleet.gateways(), random));
      case PROCESSOR ->
          fleet.signals().stream().map(signal -> one(fleet.processors(signal), random)).toList();
      case BROKER -> List.of();
      case ALL -> {
        List<Member> all = new ArrayList<>(fleet.gateways());
        all.addAll(fleet.processors());
        yield all;
      }
    };
  }

  private static Member one(List<Member> members, Random random) {
    return members.get(random.nextInt(members.size()));
  }
}
