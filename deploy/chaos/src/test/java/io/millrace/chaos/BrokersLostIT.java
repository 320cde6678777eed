package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.client.grpc.GrpcClients;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.millrace.otlp.Signal;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.LogsServiceGrpc.LogsServiceBlockingStub;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import io.opentelemetry.proto.logs.v1.ScopeLogs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Of three brokers, two of which must have a record, one is lost, then another, then both are back.
 */
class BrokersLostIT {

  private static final int ROUNDS = Form.of(1, 5);
  private static final int MOST_REQUESTS = 100;

  @Test
  void shouldAnswerUnavailableBelowMinIsrAndGoOnByItself() {
    // Given
    Random random = Form.random("brokers lost");
    var size = new Fleet.Size(3, Form.of(1, 2), List.of(Signal.LOGS), Form.of(1, 2));
    try (Fleet fleet = Fleet.start(SharedFleet.folder(), size);
        Load load = Load.start(fleet, random)) {
      LogsServiceBlockingStub grpc = grpc(fleet);
      assertThat(status(grpc)).isEqualTo(Status.Code.OK);
      for (int round = 0; round < ROUNDS; round++) {
        List<Broker> brokers = new ArrayList<>(fleet.brokers());
        Collections.shuffle(brokers, random);
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        brokers.get(0).kill();

        // Then
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

        // When
        brokers.get(1).kill();

        // Then
        load.awaitAnswers(503, 2);
        assertThat(status(grpc)).isEqualTo(Status.Code.UNAVAILABLE);

        // When
        brokers.get(0).start();
        brokers.get(1).start();

        // Then
        brokers.get(0).awaitReady();
        brokers.get(1).awaitReady();
        fleet.awaitReady();
        load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
        await()
            .atMost(Duration.ofMinutes(1))
            .untilAsserted(() -> assertThat(status(grpc)).isEqualTo(Status.Code.OK));
        load.awaitDelivered();
      }
      load.finish().report("one broker of three lost, then two", ROUNDS);
      assertThat(load.answers()).containsExactly(200, 503);
      fleet.assertLedgerCloses();
    }
  }

  private static LogsServiceBlockingStub grpc(Fleet fleet) {
    return GrpcClients.builder("gproto+http://127.0.0.1:" + fleet.grpcPorts().get(0))
        .responseTimeout(Duration.ofSeconds(30))
        .build(LogsServiceBlockingStub.class);
  }

  /** What a sender of one log record is told. */
  private static Status.Code status(LogsServiceBlockingStub grpc) {
    ExportLogsServiceRequest request =
        ExportLogsServiceRequest.newBuilder()
            .addResourceLogs(
                ResourceLogs.newBuilder()
                    .addScopeLogs(
                        ScopeLogs.newBuilder()
                            .addLogRecords(LogRecord.newBuilder().setTimeUnixNano(1))))
            .build();
    try {
      grpc.export(request);
      return Status.Code.OK;
    } catch (StatusRuntimeException e) {
      return e.getStatus().getCode();
    }
  }
}
