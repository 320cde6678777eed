package io.millrace.ledger;

import static io.millrace.ledger.LedgerMeter.CONSUMED;
import static io.millrace.ledger.LedgerMeter.DEAD_LETTERED;
import static io.millrace.ledger.LedgerMeter.DELIVERED;
import static io.millrace.ledger.LedgerMeter.DROPPED;
import static io.millrace.ledger.LedgerMeter.GATEWAY_IN_FLIGHT;
import static io.millrace.ledger.LedgerMeter.HANDED_BACK;
import static io.millrace.ledger.LedgerMeter.IN_FLIGHT;
import static io.millrace.ledger.LedgerMeter.PUBLISHED;
import static io.millrace.ledger.LedgerMeter.RECEIVED;
import static io.millrace.ledger.LedgerMeter.REDELIVERED;
import static io.millrace.ledger.LedgerMeter.REENTERED;
import static io.millrace.ledger.LedgerMeter.REFUSED;
import static io.millrace.ledger.LedgerMeter.REJECTED;
import static io.millrace.ledger.LedgerMeter.SAMPLED_OUT;

import io.millrace.terminal.TextTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** What became of the items of a fleet, added up by signal and by destination. */
final class Balance {

  private static final List<LedgerMeter> OF_GATEWAYS =
      List.of(PUBLISHED, REFUSED, GATEWAY_IN_FLIGHT);

  private static final List<LedgerMeter> OF_PROCESSORS =
      List.of(DELIVERED, SAMPLED_OUT, DROPPED, DEAD_LETTERED, REJECTED, HANDED_BACK, IN_FLIGHT);

  /** By signal. */
  private final Map<String, Sums> gateways = new TreeMap<>();

  /** By signal and destination, {@code traces/tempo}. */
  private final Map<String, Sums> processors = new TreeMap<>();

  private static final class Sums {

    private final String signal;
    private final Map<LedgerMeter, Long> sums = new EnumMap<>(LedgerMeter.class);

    private Sums(String signal) {
      this.signal = signal;
    }

    private void add(LedgerMeter meter, double value) {
      sums.merge(meter, Math.round(value), Long::sum);
    }

    private long of(LedgerMeter meter) {
      return sums.getOrDefault(meter, 0L);
    }

    private long open(LedgerMeter whole, List<LedgerMeter> parts) {
      return of(whole) - parts.stream().mapToLong(this::of).sum();
    }
  }

  Balance(Collection<Sample> samples) {
    Map<String, LedgerMeter> meters = new TreeMap<>();
    for (LedgerMeter meter : LedgerMeter.values()) {
      meters.put(meter.metric(), meter);
    }
    for (Sample sample : samples) {
      LedgerMeter meter = meters.get(sample.metric());
      if (meter != null) {
        String signal = sample.label("signal");
        (meter.compareTo(CONSUMED) < 0
                ? gateways.computeIfAbsent(signal, Sums::new)
                : processors.computeIfAbsent(
                    signal + "/" + sample.label("destination"), key -> new Sums(signal)))
            .add(meter, sample.value());
      }
    }
  }

  boolean isEmpty() {
    return gateways.isEmpty() && processors.isEmpty();
  }

  /**
   * Items that gateways have published and a destination's processors have not consumed; negative
   * if more.
   */
  private long inKafka(Sums destination) {
    Sums gateway = gateways.get(destination.signal);
    long published = gateway == null ? 0 : gateway.of(PUBLISHED);
    long consumed = destination.of(CONSUMED) - destination.of(HANDED_BACK);
    return published - (consumed - destination.of(REENTERED));
  }

  /** Does each sum equal its parts? */
  boolean closes() {
    return gateways.values().stream().allMatch(sums -> sums.open(RECEIVED, OF_GATEWAYS) == 0)
        && processors.values().stream().allMatch(sums -> sums.open(CONSUMED, OF_PROCESSORS) == 0);
  }

  /** Is nothing on the way: not in a gateway, not in Kafka, not in a processor? */
  boolean isDrained() {
    return gateways.values().stream().allMatch(sums -> sums.of(GATEWAY_IN_FLIGHT) == 0)
        && processors.values().stream()
            .allMatch(sums -> inKafka(sums) == 0 && sums.of(IN_FLIGHT) == 0);
  }

  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!gateways.isEmpty()) {
      Rows rows = new Rows("gateways", gateways);
      rows.add("received", sums -> sums.of(RECEIVED));
      OF_GATEWAYS.forEach(meter -> rows.add("  " + meter.title(), sums -> sums.of(meter)));
      rows.add("open", sums -> sums.open(RECEIVED, OF_GATEWAYS));
      lines.addAll(rows.table.lines());
    }
    if (!processors.isEmpty()) {
      lines.add("");
      Rows rows = new Rows("processors", processors);
      if (!gateways.isEmpty()) {
        rows.add("in Kafka", this::inKafka);
      }
      rows.add("consumed", sums -> sums.of(CONSUMED));
      OF_PROCESSORS.forEach(meter -> rows.add("  " + meter.title(), sums -> sums.of(meter)));
      rows.add("open", sums -> sums.open(CONSUMED, OF_PROCESSORS));
      rows.add(REDELIVERED.title(), sums -> sums.of(REDELIVERED));
      if (processors.values().stream().anyMatch(sums -> sums.of(REENTERED) != 0)) {
        rows.add(REENTERED.title(), sums -> sums.of(REENTERED));
      }
      lines.addAll(rows.table.lines());
    }
    return lines;
  }

  private static final class Rows {

    private final Map<String, Sums> columns;
    private final TextTable table;

    private Rows(String head, Map<String, Sums> columns) {
      this.columns = columns;
      List<String> heads = new ArrayList<>(List.of(head));
      heads.addAll(columns.keySet());
      this.table = new TextTable(heads.toArray(String[]::new));
    }

    private void add(String title, ToLongFunction<Sums> figure) {
      Function<Sums, String> cell = sums -> "%,d".formatted(figure.applyAsLong(sums));
      List<String> cells = new ArrayList<>(List.of(title));
      columns.values().forEach(sums -> cells.add(cell.apply(sums)));
      table.row(cells.toArray(String[]::new));
    }
  }
}
