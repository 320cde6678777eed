package io.millrace.shop;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.common.Value;
import io.opentelemetry.api.logs.Severity;
import io.opentelemetry.api.trace.SpanKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One operation of one service: what will be a span, with the steps it waits for, those it only
 * sets going, and what it logs and counts. Built by one thread, then only read.
 */
final class Step {

  /**
   * A metric that every step of its kind records: its duration.
   *
   * @param instrument name of the histogram, unit seconds
   * @param attributes of the data point; few values each, and the span has them too
   */
  record Measure(String instrument, Attributes attributes) {}

  /** A change of a business metric. */
  record Count(Instrument instrument, double amount, Attributes attributes) {}

  /** What happened in the middle of the step. */
  record Event(String name, Attributes attributes) {}

  /** A log record at the end of the step. */
  record Said(Severity severity, String eventName, Value<?> body, Attributes attributes) {}

  /** An exception as spans and log records carry it: class, message, stack trace. */
  record Failure(String type, String message, String stackTrace) {}

  private final ShopService service;
  private final SpanKind kind;
  private final String name;
  private final AttributesBuilder attributes = Attributes.builder();
  private final AttributesBuilder measured = Attributes.builder();
  private final List<Step> awaited = new ArrayList<>();
  private final List<Step> handedOver = new ArrayList<>();
  private final List<Event> events = new ArrayList<>();
  private final List<Said> said = new ArrayList<>();
  private final List<Count> counts = new ArrayList<>();
  private String instrument = "";
  private long ownNanos;
  private boolean failed;
  private Optional<Failure> exception = Optional.empty();

  Step(ShopService service, SpanKind kind, String name) {
    this.service = service;
    this.kind = kind;
    this.name = name;
  }

  /** An attribute of the span alone. */
  <T> Step with(AttributeKey<T> key, T value) {
    attributes.put(key, value);
    return this;
  }

  /** An attribute of the span and of the duration's data point. */
  <T> Step measuredWith(AttributeKey<T> key, T value) {
    measured.put(key, value);
    return with(key, value);
  }

  Step measuredAs(String histogram) {
    instrument = histogram;
    return this;
  }

  /** Time spent in the step itself, besides the steps it waits for. */
  Step taking(long micros) {
    ownNanos = micros * 1_000;
    return this;
  }

  /** Waits for that step before it goes on. */
  Step calling(Step step) {
    awaited.add(step);
    return this;
  }

  /** Sets that step going when it ends itself, and does not wait for it. */
  Step handingTo(Step step) {
    handedOver.add(step);
    return this;
  }

  Step event(String eventName, Attributes eventAttributes) {
    events.add(new Event(eventName, eventAttributes));
    return this;
  }

  Step saying(Severity severity, String eventName, Value<?> body, Attributes logAttributes) {
    said.add(new Said(severity, eventName, body, logAttributes));
    return this;
  }

  Step counting(Instrument business, double amount, Attributes countAttributes) {
    counts.add(new Count(business, amount, countAttributes));
    return this;
  }

  /** Ends with status ERROR; {@code error.type} is on the span and on the data point. */
  Step failing(String errorType) {
    failed = true;
    return measuredWith(AttributeKey.stringKey("error.type"), errorType);
  }

  /** Ends with status ERROR because of that exception. */
  Step failing(Failure failure) {
    exception = Optional.of(failure);
    return failing(failure.type());
  }

  ShopService service() {
    return service;
  }

  SpanKind kind() {
    return kind;
  }

  String name() {
    return name;
  }

  Attributes attributes() {
    return attributes.build();
  }

  /** Empty for a step whose duration no metric records. */
  Optional<Measure> measure() {
    return instrument.isEmpty()
        ? Optional.empty()
        : Optional.of(new Measure(instrument, measured.build()));
  }

  List<Step> awaited() {
    return awaited;
  }

  List<Step> handedOver() {
    return handedOver;
  }

  List<Event> events() {
    return events;
  }

  List<Said> said() {
    return said;
  }

  List<Count> counts() {
    return counts;
  }

  boolean failed() {
    return failed;
  }

  Optional<Failure> exception() {
    return exception;
  }

  long ownNanos() {
    return ownNanos;
  }

  /** From its start to its end. */
  long nanos() {
    return ownNanos + awaited.stream().mapToLong(Step::nanos).sum();
  }

  /** From its start until all it set going has ended. */
  long nanosToTheLast() {
    long awaitedTail = 0;
    long at = ownNanos / 2;
    for (Step step : awaited) {
      awaitedTail = Math.max(awaitedTail, at + step.nanosToTheLast());
      at += step.nanos();
    }
    long end = nanos();
    long tail = handedOver.stream().mapToLong(Step::nanosToTheLast).max().orElse(0);
    return Math.max(awaitedTail, end + tail);
  }
}
