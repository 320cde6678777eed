package io.millrace.shop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.logs.LogRecordBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells a visit to the SDKs: each step becomes a span of its service, with its log records and
 * metrics in the span's context. From service to service the context travels as W3C headers, as it
 * would on a wire.
 */
final class Teller {

  private static final AttributeKey<String> TYPE = AttributeKey.stringKey("exception.type");
  private static final AttributeKey<String> MESSAGE = AttributeKey.stringKey("exception.message");
  private static final AttributeKey<String> STACK = AttributeKey.stringKey("exception.stacktrace");

  private final Map<ShopService, ServiceTelemetry> services;
  private final Tally tally;

  Teller(Map<ShopService, ServiceTelemetry> services, Tally tally) {
    this.services = services;
    this.tally = tally;
  }

  /** Tells the whole tree as one trace whose last span ends at {@code nowNanos} (Unix time). */
  void tell(Step visit, long nowNanos) {
    tell(visit, Context.root(), nowNanos - visit.nanosToTheLast());
  }

  /** Returns when the step ends, Unix time in nanoseconds. */
  private long tell(Step step, Context parent, long startNanos) {
    ServiceTelemetry service = telemetry(step);
    Span span = start(step, service, parent, startNanos);
    Context context = parent.with(span);
    long at = startNanos + step.ownNanos() / 2;
    for (Step.Event event : step.events()) {
      span.addEvent(event.name(), event.attributes(), at, NANOSECONDS);
    }
    for (Step next : step.awaited()) {
      at = tell(next, carried(context, step, next), at);
    }
    long endNanos = startNanos + step.nanos();
    end(step, service, context, startNanos, endNanos);
    for (Step next : step.handedOver()) {
      tell(next, carried(context, step, next), endNanos);
    }
    return endNanos;
  }

  private ServiceTelemetry telemetry(Step step) {
    ServiceTelemetry service = services.get(step.service());
    if (service == null) {
      throw new IllegalStateException("no such service: " + step.service());
    }
    return service;
  }

  private static Span start(Step step, ServiceTelemetry service, Context parent, long startNanos) {
    SpanBuilder builder =
        service
            .tracer()
            .spanBuilder(step.name())
            .setSpanKind(step.kind())
            .setParent(parent)
            .setAllAttributes(step.attributes())
            .setStartTimestamp(startNanos, NANOSECONDS);
    if (step.kind() == SpanKind.CONSUMER) {
      // Messaging conventions: a consumer links to where the message was made.
      builder.addLink(Span.fromContext(parent).getSpanContext());
    }
    return builder.startSpan();
  }

  /** The context as the next step's service gets to see it. */
  private static Context carried(Context context, Step from, Step to) {
    if (from.service() == to.service()) {
      return context;
    }
    Map<String, String> headers = new HashMap<>();
    W3CTraceContextPropagator propagator = W3CTraceContextPropagator.getInstance();
    propagator.inject(context, headers, (carrier, key, value) -> headers.put(key, value));
    return propagator.extract(Context.root(), headers, Teller::header);
  }

  private void end(
      Step step, ServiceTelemetry service, Context context, long startNanos, long endNanos) {
    step.exception().ifPresent(failure -> recordException(context, failure, endNanos));
    if (step.failed()) {
      Span.fromContext(context).setStatus(StatusCode.ERROR);
    }
    double seconds = (endNanos - startNanos) / 1e9;
    step.measure().ifPresent(measure -> service.measure(measure, seconds, context));
    step.counts().forEach(count -> service.count(count, context));
    step.said().forEach(said -> say(service, said, context, endNanos));
    Span.fromContext(context).end(endNanos, NANOSECONDS);
    tally.spansTold.increment();
  }

  /** As {@code Span.recordException} does, which cannot be told the time. */
  private static void recordException(Context context, Step.Failure failure, long atNanos) {
    Attributes attributes =
        Attributes.of(
            TYPE, failure.type(), MESSAGE, failure.message(), STACK, failure.stackTrace());
    Span.fromContext(context).addEvent("exception", attributes, atNanos, NANOSECONDS);
  }

  private void say(ServiceTelemetry service, Step.Said said, Context context, long atNanos) {
    LogRecordBuilder record =
        service
            .logger()
            .logRecordBuilder()
            .setContext(context)
            .setTimestamp(atNanos, NANOSECONDS)
            .setSeverity(said.severity())
            .setSeverityText(said.severity().name())
            .setBody(said.body())
            .setAllAttributes(said.attributes());
    if (!said.eventName().isEmpty()) {
      record.setEventName(said.eventName());
    }
    record.emit();
    tally.logRecordsTold.increment();
  }

  private static @Nullable String header(@Nullable Map<String, String> headers, String key) {
    return headers == null ? null : headers.get(key);
  }
}
