package io.millrace.delivery;

import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records that are sent and answered together: to the destination, or, when {@link #dead} says why,
 * one record to the dead-letter topic. Loop thread only.
 */
final class Shipment {

  final List<Held> records;
  final Answer.@Nullable Refused dead;
  private final long openedNanos;
  private int bytes;

  private Shipment(List<Held> records, Answer.@Nullable Refused dead, long openedNanos) {
    this.records = records;
    this.dead = dead;
    this.openedNanos = openedNanos;
    for (Held held : records) {
      bytes += held.value.length;
    }
  }

  static Shipment open(long nowNanos) {
    return new Shipment(new ArrayList<>(), null, nowNanos);
  }

  static Shipment dead(Held held, Answer.Refused why) {
    return new Shipment(List.of(held), why, 0);
  }

  void add(Held held) {
    records.add(held);
    bytes += held.value.length;
  }

  /** Two halves, in order. Only of a shipment with at least two records. */
  List<Shipment> bisect() {
    int middle = records.size() / 2;
    return List.of(
        new Shipment(records.subList(0, middle), null, openedNanos),
        new Shipment(records.subList(middle, records.size()), null, openedNanos));
  }

  int bytes() {
    return bytes;
  }

  long ageNanos(long nowNanos) {
    return nowNanos - openedNanos;
  }

  Batch batch(Signal signal) {
    int items = records.stream().mapToInt(held -> held.items).sum();
    return new Batch(
        signal,
        records.get(0).tenant,
        records.stream().map(held -> held.value).toList(),
        bytes,
        items);
  }
}
