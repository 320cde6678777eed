package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** No byte comes through to the broker, or none back, and no connection is closed. */
@ExtendWith(SharedFleet.class)
class NetworkCutIT {

  private static final int ROUNDS = Form.of(1, 10);
  private static final int MOST_REQUESTS = 100;

  @Test
  void shouldRefuseWhileGatewaysAreCutOffAndGoOnByItself(Fleet fleet) {
    // Given
    Random random = Form.random("cut gateways");
    NetworkPath path = fleet.broker().toGateways();
    try (Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        if ((round & 1) == 0) {
          path.cutAnswers(); // what is refused may lie in Kafka
        } else {
          path.cut();
        }

        // Then
        load.awaitAnswers(503, 2);
        fleet.gateways().forEach(Member::awaitUnready);
        path.mend();
        fleet.awaitReady();
        load.awaitAcknowledged(1);
        load.awaitDelivered();
      }
      load.finish().report("network cut: gateways", ROUNDS);
      assertThat(load.answers()).containsExactly(200, 503);
      load.assertLedgerAgrees(false);
    } finally {
      path.mend();
    }
  }

  @Test
  void shouldWaitWhileProcessorsAreCutOffAndGoOnByItself(Fleet fleet) {
    // Given
    Random random = Form.random("cut processors");
    NetworkPath path = fleet.broker().toProcessors();
    try (Load load = Load.start(fleet, random)) {
      for (int round = 0; round < ROUNDS; round++) {
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        path.cut();

        // Then: nobody else notices, and Kafka gives them up
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
        for (Signal signal : fleet.signals()) {
          fleet.kafka().awaitMembers(signal, 0);
        }
        path.mend();
        load.awaitDelivered();
      }
      load.finish().report("network cut: processors", ROUNDS);
      assertThat(load.answers()).containsExactly(200);
      load.assertLedgerAgrees(false);
    } finally {
      path.mend();
    }
  }
}
