package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.millrace.otlp.Signal;
import io.millrace.standalone.LedgerTable;
import io.millrace.standalone.NumberedSender;
import java.time.Duration;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToIntFunction;

/**
 * Numbered items of each signal, on their way into a {@link Fleet} until this is closed, and what
 * has come of them in its sink.
 */
final class Load implements AutoCloseable {

  /** More than one test sends. */
  private static final int ROOM = 4_000_000;

  private static final Duration LONG = Duration.ofMinutes(3);

  private final Fleet fleet;
  private final LedgerTable ledgerBefore;
  private final Map<Signal, NumberedSender> senders = new EnumMap<>(Signal.class);
  private final Map<Signal, Integer> repeatedBefore = new EnumMap<>(Signal.class);
  private final Map<Signal, Integer> acceptedBefore = new EnumMap<>(Signal.class);
  private final int first;

  private Load(Fleet fleet, String tenant, Random random) {
    this.fleet = fleet;
    this.first = fleet.reserveNumbers(ROOM);
    this.ledgerBefore = fleet.ledger();
    for (Signal signal : fleet.signals()) {
      Arrivals arrivals = arrivals(signal);
      repeatedBefore.put(signal, arrivals.repeated().size());
      acceptedBefore.put(signal, arrivals.accepted());
      arrivals.watch();
      var route = new NumberedSender.Route(signal, fleet.gatewayPorts(), first, tenant);
      senders.put(signal, NumberedSender.start(route, random.nextLong()));
    }
  }

  static Load start(Fleet fleet, Random random) {
    return start(fleet, "", random);
  }

  static Load start(Fleet fleet, String tenant, Random random) {
    return new Load(fleet, tenant, random);
  }

  private Arrivals arrivals(Signal signal) {
    return fleet.sink().arrivals(signal);
  }

  /** Until so many more requests of each signal are acknowledged. */
  void awaitAcknowledged(int more) {
    awaitMore("acknowledged", more, NumberedSender::acknowledgedRequests);
  }

  /** For so long, and until so many more requests of each signal are acknowledged. */
  void awaitFor(Duration time, int more) {
    long end = System.nanoTime() + time.toNanos();
    awaitAcknowledged(more);
    await("%s have passed".formatted(time))
        .atMost(time.plus(LONG))
        .until(() -> System.nanoTime() - end >= 0);
  }

  /** Until so many more requests of each signal are answered with that status. */
  void awaitAnswers(int status, int more) {
    awaitMore("answers " + status, more, sender -> sender.answers().getOrDefault(status, 0));
  }

  private void awaitMore(String what, int more, ToIntFunction<NumberedSender> count) {
    Map<Signal, Integer> wanted = new EnumMap<>(Signal.class);
    senders.forEach((signal, sender) -> wanted.put(signal, count.applyAsInt(sender) + more));
    await("%d more requests %s".formatted(more, what))
        .atMost(LONG)
        .pollInterval(Duration.ofMillis(5))
        .until(
            () ->
                senders.values().stream()
                    .allMatch(s -> count.applyAsInt(s) >= wanted.getOrDefault(s.signal(), 0)));
  }

  /** HTTP statuses of all answers so far; {@link NumberedSender#NO_ANSWER} for none. */
  Set<Integer> answers() {
    Set<Integer> answers = new TreeSet<>();
    senders.values().forEach(sender -> answers.addAll(sender.answers().keySet()));
    return answers;
  }

  Map<Signal, BitSet> acknowledged() {
    Map<Signal, BitSet> acknowledged = new EnumMap<>(Signal.class);
    senders.forEach((signal, sender) -> acknowledged.put(signal, sender.acknowledged()));
    return acknowledged;
  }

  /** Until the sink has all that is acknowledged by now. */
  void awaitDelivered() {
    acknowledged()
        .forEach(
            (signal, numbers) ->
                await("%s acknowledged are delivered".formatted(signal.id()))
                    .atMost(LONG)
                    .untilAsserted(
                        () ->
                            assertThat(missing(signal, numbers))
                                .as("%s acknowledged and not delivered", signal)
                                .isZero()));
  }

  /** How many of these numbers the sink does not have. */
  private int missing(Signal signal, BitSet numbers) {
    BitSet missing = (BitSet) numbers.clone();
    missing.andNot(arrivals(signal).numbers());
    return missing.cardinality();
  }

  /**
   * Those that were delivered and committed before a fault are not delivered again after it.
   *
   * @param settled numbers that were
   */
  void assertNoneAgain(Map<Signal, BitSet> settled) {
    settled.forEach(
        (signal, numbers) ->
            assertThat(repeated(signal).stream().filter(numbers::get))
                .as("%s committed, and delivered again", signal)
                .isEmpty());
  }

  /** Numbers of this load that came again. */
  List<Integer> repeated(Signal signal) {
    List<Integer> all = arrivals(signal).repeated();
    return all.subList(repeatedBefore.getOrDefault(signal, 0), all.size()).stream()
        .filter(number -> number >= first && number < first + ROOM)
        .toList();
  }

  /** Sends no more, and waits until all that was acknowledged is delivered and committed. */
  Outcome finish() {
    close();
    awaitDelivered();
    fleet.awaitCommitted();
    Outcome outcome = Outcome.NONE;
    for (NumberedSender sender : senders.values()) {
      Signal signal = sender.signal();
      assertThat(arrivals(signal).changed()).as("%s not as they were sent", signal).isEmpty();
      BitSet acknowledged = sender.acknowledged();
      assertThat(acknowledged.isEmpty()).as("no %s acknowledged", signal).isFalse();
      outcome =
          outcome.and(
              new Outcome(
                  sender.next() - first,
                  acknowledged.cardinality(),
                  missing(signal, acknowledged),
                  repeated(signal).size(),
                  arrivals(signal).longestStall()));
    }
    return outcome;
  }

  /**
   * Holds the ledger of processes that have lived all the time against what this test has counted.
   *
   * @param isCertain whether nobody was cut off from an acknowledgement; if somebody was, there may
   *     be more than was acknowledged, and what was refused at once is not counted as received
   */
  void assertLedgerAgrees(boolean isCertain) {
    LedgerTable ledger = fleet.assertLedgerCloses();
    senders.values().forEach(sender -> assertAgrees(ledger, sender, isCertain));
  }

  private void assertAgrees(LedgerTable ledger, NumberedSender sender, boolean isCertain) {
    Signal signal = sender.signal();
    String destination = signal.id() + "/" + Fleet.DESTINATION;
    int sent = sender.next() - first;
    int acknowledged = sender.acknowledged().cardinality();
    int received = since(ledger, "received", signal.id());
    int published = since(ledger, "published", signal.id());
    int settled =
        since(ledger, "consumed", destination) - since(ledger, "handed back", destination);
    int delivered = since(ledger, "delivered", destination);
    int accepted = arrivals(signal).accepted() - acceptedBefore.getOrDefault(signal, 0);
    if (isCertain) {
      assertThat(List.of(received, published, settled))
          .as("%s received, published, consumed", signal)
          .containsOnly(acknowledged);
      assertThat(delivered).as("%s delivered", signal).isEqualTo(accepted);
    } else {
      assertThat(received).as("%s received", signal).isBetween(acknowledged, sent);
      assertThat(published).as("%s published", signal).isBetween(acknowledged, received);
      assertThat(settled).as("%s consumed", signal).isGreaterThanOrEqualTo(published);
      assertThat(delivered).as("%s delivered", signal).isLessThanOrEqualTo(accepted);
    }
  }

  private int since(LedgerTable ledger, String row, String column) {
    return ledger.figure(row, column) - ledgerBefore.figure(row, column);
  }

  /** Sends no more; returns when the last requests are answered. */
  @Override
  public void close() {
    senders.values().forEach(NumberedSender::close);
  }
}
