package io.millrace.delivery;

import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is sent and answered together: records to the destination, a part of one that was refused,
 * or, when {@link #dead} says why, a part to the dead-letter topic. Loop thread only.
 */
final class Shipment {

  final List<Part> parts;
  final Answer.@Nullable Refused dead;
  private final long openedNanos;
  private int bytes;
  private int attempts;
  private int overLimit;

  private Shipment(List<Part> parts, Answer.@Nullable Refused dead, long openedNanos) {
    this.parts = parts;
    this.dead = dead;
    this.openedNanos = openedNanos;
    for (Part part : parts) {
      bytes += part.held().value.length;
    }
  }

  static Shipment open(long nowNanos) {
    return new Shipment(new ArrayList<>(), null, nowNanos);
  }

  static Shipment dead(Part part, Answer.Refused why) {
    return new Shipment(List.of(part), why, 0);
  }

  private static Shipment dead(Part part, Answer.Refused why, int attempts) {
    Shipment dead = dead(part, why);
    dead.attempts = attempts;
    return dead;
  }

  /** One more request to the destination is made of it. */
  void attempted() {
    attempts++;
  }

  /** Requests with what it holds that the destination was sent, those with more included. */
  int attempts() {
    return attempts;
  }

  /** The destination has found it to be over a limit once more; gives how often by now. */
  int overLimit() {
    return ++overLimit;
  }

  void add(Held held) {
    parts.add(Part.whole(held));
    bytes += held.value.length;
  }

  /**
   * What goes on in the place of a shipment that was refused, in order: two halves, by records and
   * then by items, until what is refused stands alone and becomes a dead letter.
   */
  List<Shipment> bisect(Signal signal, Answer.Refused why) {
    Part first = parts.get(0);
    return isDivisible(signal) && (parts.size() > 1 || first.held().mayCut())
        ? halves()
        : List.of(dead(first, why, attempts));
  }

  /** Can it be sent as two? */
  boolean isDivisible(Signal signal) {
    return parts.size() > 1 || parts.get(0).isDivisible(signal);
  }

  /** Two shipments in its place, in order. Only of one that is divisible. */
  List<Shipment> halves() {
    if (parts.size() > 1) {
      int middle = parts.size() / 2;
      return List.of(sent(parts.subList(0, middle)), sent(parts.subList(middle, parts.size())));
    }
    return parts.get(0).halves().stream().map(half -> sent(List.of(half))).toList();
  }

  private Shipment sent(List<Part> some) {
    Shipment shipment = new Shipment(some, null, openedNanos);
    shipment.attempts = attempts;
    return shipment;
  }

  /** Of whole records, exact; of a part, the record's: what a batch is closed by. */
  int bytes() {
    return bytes;
  }

  int items() {
    return parts.stream().mapToInt(Part::items).sum();
  }

  long ageNanos(long nowNanos) {
    return nowNanos - openedNanos;
  }

  Batch batch(Signal signal) {
    List<byte[]> values = parts.stream().map(part -> part.value(signal)).toList();
    bytes = values.stream().mapToInt(value -> value.length).sum();
    List<Long> appended = parts.stream().map(part -> part.held().record.timestamp()).toList();
    return new Batch(signal, parts.get(0).held().tenant, values, appended, bytes, items());
  }
}
