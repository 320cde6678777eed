package io.millrace.chaos;

import io.millrace.otlp.Signal;
import io.millrace.standalone.Item;
import io.millrace.standalone.NumberedItems;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * What has come to the {@link Sink} of one signal: which numbers, which of them again, whether they
 * are as they were sent, and how long there was nothing. Any thread.
 */
final class Arrivals {

  private final Signal signal;
  private final BitSet numbers = new BitSet();
  private final List<Integer> repeated = new ArrayList<>();
  private final List<Integer> changed = new ArrayList<>();
  private final List<Integer> overtaken = new ArrayList<>();
  private final int[] newestOfService = new int[NumberedItems.SERVICES];
  private final List<Integer> foreign = new ArrayList<>();
  private int accepted;
  private long lastNanos;
  private long stallNanos;

  Arrivals(Signal signal) {
    this.signal = signal;
    Arrays.fill(newestOfService, -1);
  }

  synchronized void add(List<Item> items) {
    long now = System.nanoTime();
    stallNanos = Math.max(stallNanos, now - lastNanos);
    lastNanos = now;
    items.forEach(this::add);
  }

  private void add(Item item) {
    if (!NumberedItems.isNumbered(signal, item)) {
      foreign.add(item.hashCode());
      return;
    }
    int number = NumberedItems.number(signal, item);
    if (numbers.get(number)) {
      repeated.add(number);
      return;
    }
    numbers.set(number);
    if (!item.equals(NumberedItems.item(signal, number))) {
      changed.add(number);
    }
    int service = number % NumberedItems.SERVICES;
    if (number < newestOfService[service]) {
      overtaken.add(number);
    }
    newestOfService[service] = Math.max(number, newestOfService[service]);
  }

  /** So many were answered for. */
  synchronized void accepted(int items) {
    accepted += items;
  }

  /** From now on stalls count. */
  synchronized void watch() {
    lastNanos = System.nanoTime();
    stallNanos = 0;
  }

  /** The longest time since then without an arrival. */
  synchronized Duration longestStall() {
    return Duration.ofNanos(stallNanos);
  }

  synchronized BitSet numbers() {
    return (BitSet) numbers.clone();
  }

  /** Numbers that had come before, in the order of their coming again. */
  synchronized List<Integer> repeated() {
    return List.copyOf(repeated);
  }

  /** Numbers of items that are not as they were sent. */
  synchronized List<Integer> changed() {
    return List.copyOf(changed);
  }

  /** Numbers that came first after a greater one of the same resource. */
  synchronized List<Integer> overtaken() {
    return List.copyOf(overtaken);
  }

  /** How many items the sink has answered for with 200, whole. */
  synchronized int accepted() {
    return accepted;
  }

  /** Hash codes of items that are none of {@link NumberedItems}; some are too large to keep. */
  synchronized List<Integer> foreign() {
    return List.copyOf(foreign);
  }
}
