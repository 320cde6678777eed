package io.millrace.gateway;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import io.millrace.gateway.Access.Verdict.Denied;
import io.millrace.gateway.Admission.Reservation;
import io.millrace.gateway.Answer.Accepted;
import io.millrace.gateway.Answer.Refused;
import io.millrace.gateway.TopicState.Unwritable;
import io.millrace.gateway.TopicState.Writable;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import io.millrace.otlp.Split;
import io.millrace.otlp.Splitter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of an export request from its endpoint to its answer, the same for every transport and
 * signal: admit, split, publish, answer, release. Called on event loops; it never blocks. Answers
 * come at once or on the producer's thread.
 */
final class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  private final Function<Signal, TopicState> topics;
  private final Map<Signal, Splitter> splitters;
  private final TenantLimits limits;
  private final Publisher publisher;
  private final GatewayMetrics metrics;
  private volatile boolean stopping;

  /**
   * @param topics what is known of a signal's topic now
   * @param splitters one for each signal
   * @param limits charged for the bytes of every request that is read, and for its items
   */
  Intake(
      Function<Signal, TopicState> topics,
      Map<Signal, Splitter> splitters,
      TenantLimits limits,
      Publisher publisher,
      GatewayMetrics metrics) {
    this.topics = topics;
    this.splitters = splitters;
    this.limits = limits;
    this.publisher = publisher;
    this.metrics = metrics;
  }

  /** From now on every request is refused; what has been taken is finished. */
  void stop() {
    stopping = true;
  }

  /** The answer to a request that may not be read. */
  Refused deny(Signal signal, Denied denied) {
    metrics.refusedRequest(signal, denied.answer().reason(), denied.tenant());
    return denied.answer();
  }

  /**
   * The future never fails.
   *
   * @param read what the request holds; from here on it is held until the answer, even if the
   *     client goes away
   */
  CompletableFuture<Answer> accept(ExportRequest request, Reservation read) {
    long startNanos = System.nanoTime();
    int bytes = request.body().length;
    Signal signal = request.signal();
    ExportRequest.Transport transport = request.transport();
    metrics.receivedBytes(signal, bytes);
    Reservation held = read.take();
    return admitted(request, held)
        .thenApply(
            answer -> {
              held.close();
              metrics.answered(signal, transport, System.nanoTime() - startNanos);
              return answer;
            });
  }

  /** Must not throw: the request's bytes are released by the answer. */
  private CompletableFuture<Answer> admitted(ExportRequest request, Reservation held) {
    Signal signal = request.signal();
    try {
      if (!held.resize(request.body().length)) {
        return refuse(request, Refusal.OVER_CAPACITY, held.overCapacity());
      }
      if (stopping) {
        return refuse(request, Refusal.STOPPING, "this gateway is stopping");
      }
      if (request.body().length == 0) {
        return CompletableFuture.completedFuture(Accepted.FULLY);
      }
      TopicState topic = topics.apply(signal);
      if (topic instanceof Unwritable unwritable) {
        return refuse(request, Refusal.KAFKA_UNAVAILABLE, unwritable.why());
      }
      TenantBudget budget = limits.of(request.tenant());
      Optional<Refused> overLimit = budget.takeBytes(request.body().length);
      return overLimit.isPresent()
          ? refuse(request, overLimit.get())
          : store(request, (Writable) topic, held, budget);
    } catch (MalformedOtlp e) {
      return refuse(request, Refusal.MALFORMED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("{} request of {} bytes failed", signal.id(), request.body().length, e);
      return refuse(request, Refusal.INTERNAL, "internal error; the gateway's log has the cause");
    }
  }

  /** The guarantee: the answer is OK when Kafka has acknowledged every piece, and not before. */
  private CompletableFuture<Answer> store(
      ExportRequest request, Writable topic, Reservation held, TenantBudget budget)
      throws MalformedOtlp {
    Signal signal = request.signal();
    byte[] otlp = request.encoding().toProtobuf(signal, request.body());
    Split split =
        requireNonNull(splitters.get(signal))
            .split(otlp, topic.partitions(), topic.maxRecordBytes());
    long recordBytes = split.pieces().stream().mapToLong(piece -> piece.value().length).sum();
    boolean converted = otlp != request.body();
    long bytes = request.body().length + (converted ? otlp.length : 0) + recordBytes;
    if (held.canNeverHold(bytes)) {
      return refuse(request, Refusal.TOO_LARGE, tooLarge(recordBytes));
    }
    if (!held.resize(bytes)) {
      return refuse(request, Refusal.OVER_CAPACITY, held.overCapacity());
    }
    int records = split.pieces().size();
    int items = split.pieces().stream().mapToInt(Split.Piece::items).sum();
    Optional<Refused> overLimit = budget.takeItems(items);
    if (overLimit.isPresent()) {
      // It will come again, and must not pay twice for its bytes.
      budget.giveBackBytes(request.body().length);
      return refuse(request, overLimit.get());
    }
    metrics.received(signal, split, request.tenant());
    Accepted accepted = accepted(split.refused());
    CompletableFuture<Void> acknowledgement = publisher.publish(request, split.pieces());
    // The rest is garbage now; Kafka's buffer has a copy of the records until the answer.
    held.resize(recordBytes);
    return acknowledgement.handle(
        (acknowledged, failure) -> {
          if (failure != null) {
            return failed(request, items, failure);
          }
          metrics.published(signal, items, records, request.tenant());
          return accepted;
        });
  }

  private static Accepted accepted(List<Split.Refused> refused) {
    if (refused.isEmpty()) {
      return Accepted.FULLY;
    }
    int items = refused.stream().mapToInt(Split.Refused::items).sum();
    return new Accepted(items, refused.stream().map(Split.Refused::message).collect(joining("; ")));
  }

  private Refused failed(ExportRequest request, int items, Throwable failure) {
    Refusal reason = Refusal.of(failure);
    metrics.refusedItems(request.signal(), reason, items, request.tenant());
    metrics.refusedRequest(request.signal(), reason, request.tenant());
    return new Refused(reason, String.valueOf(failure.getMessage()));
  }

  private CompletableFuture<Answer> refuse(ExportRequest request, Refusal reason, String message) {
    return refuse(request, new Refused(reason, message));
  }

  private CompletableFuture<Answer> refuse(ExportRequest request, Refused answer) {
    metrics.refusedRequest(request.signal(), answer.reason(), request.tenant());
    return CompletableFuture.completedFuture(answer);
  }

  private static String tooLarge(long recordBytes) {
    return "request: its records take %d bytes (expected: at most gateway.max-in-flight-bytes)"
        .formatted(recordBytes);
  }
}
