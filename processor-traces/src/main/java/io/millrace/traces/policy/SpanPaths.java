package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Expression;
import io.millrace.condition.Keyed;
import io.millrace.condition.Path;
import io.millrace.condition.Paths;
import io.millrace.condition.Value;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The paths of OTTL's span context, and what lies around a span. */
final class SpanPaths implements Paths<ObservedSpan> {

  private static final Map<String, Long> CONSTANTS =
      Map.of(
          "STATUS_CODE_UNSET", 0L,
          "STATUS_CODE_OK", 1L,
          "STATUS_CODE_ERROR", 2L,
          "SPAN_KIND_UNSPECIFIED", 0L,
          "SPAN_KIND_INTERNAL", 1L,
          "SPAN_KIND_SERVER", 2L,
          "SPAN_KIND_CLIENT", 3L,
          "SPAN_KIND_PRODUCER", 4L,
          "SPAN_KIND_CONSUMER", 5L);

  private static final byte[][] KINDS =
      utf8("Unspecified", "Internal", "Server", "Client", "Producer", "Consumer");

  private static final byte[][] DEPRECATED_KINDS =
      utf8(
          "SPAN_KIND_UNSPECIFIED",
          "SPAN_KIND_INTERNAL",
          "SPAN_KIND_SERVER",
          "SPAN_KIND_CLIENT",
          "SPAN_KIND_PRODUCER",
          "SPAN_KIND_CONSUMER");

  private static final byte[] EMPTY_ID = new byte[16];

  private final ObservedSpan observed;
  private final EnclosingPaths enclosing;

  SpanPaths(ObservedSpan observed) {
    this.observed = observed;
    this.enclosing = new EnclosingPaths(observed);
  }

  private static byte[][] utf8(String... texts) {
    return List.of(texts).stream().map(text -> text.getBytes(UTF_8)).toArray(byte[][]::new);
  }

  @Override
  public String name() {
    return "span";
  }

  @Override
  public OptionalLong constant(String name) {
    Long number = CONSTANTS.get(name);
    return number == null ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  public @Nullable Expression<ObservedSpan> converter(String name) {
    return name.equals("IsRootSpan") ? (span, into) -> into.setBool(span.span().isRoot()) : null;
  }

  @Override
  public @Nullable Expression<ObservedSpan> resolve(Path path) {
    Expression<ObservedSpan> around = enclosing.resolve(path);
    return around != null ? around : ofSpan(path.without("span"));
  }

  /** A path that starts within the span. */
  @Nullable Expression<ObservedSpan> ofSpan(Path path) {
    if (!path.keys().isEmpty()) {
      return keyed(path);
    }
    return switch (path.names()) {
      case "name" -> text(SpanCursor::nameFrom, SpanCursor::nameTo);
      case "trace_id" ->
          id(Value.Kind.TRACE_ID, 16, SpanCursor::traceIdFrom, SpanCursor::traceIdTo);
      case "span_id" -> id(Value.Kind.SPAN_ID, 8, SpanCursor::spanIdFrom, SpanCursor::spanIdTo);
      case "parent_span_id" ->
          id(Value.Kind.SPAN_ID, 8, SpanCursor::parentFrom, SpanCursor::parentTo);
      case "trace_id.string" -> hex(16, SpanCursor::traceIdFrom, SpanCursor::traceIdTo);
      case "span_id.string" -> hex(8, SpanCursor::spanIdFrom, SpanCursor::spanIdTo);
      case "parent_span_id.string" -> hex(8, SpanCursor::parentFrom, SpanCursor::parentTo);
      case "trace_state" -> text(SpanCursor::traceStateFrom, SpanCursor::traceStateTo);
      case "status.message" -> EnclosingPaths.statusMessage();
      case "kind.string" -> named(KINDS);
      case "kind.deprecated_string" -> named(DEPRECATED_KINDS);
      default -> number(path);
    };
  }

  private static @Nullable Expression<ObservedSpan> number(Path path) {
    return switch (path.names()) {
      case "kind" -> number(Value.Kind.INT, SpanCursor::kind);
      case "status.code" -> number(Value.Kind.INT, SpanCursor::statusCode);
      case "start_time_unix_nano" -> number(Value.Kind.INT, SpanCursor::startNanos);
      case "end_time_unix_nano" -> number(Value.Kind.INT, SpanCursor::endNanos);
      case "start_time" -> number(Value.Kind.TIME, SpanCursor::startNanos);
      case "end_time" -> number(Value.Kind.TIME, SpanCursor::endNanos);
      case "flags" -> number(Value.Kind.INT, span -> Integer.toUnsignedLong(span.flags()));
      case "dropped_attributes_count" ->
          number(Value.Kind.INT, span -> Integer.toUnsignedLong(span.droppedAttributes()));
      case "dropped_events_count" ->
          number(Value.Kind.INT, span -> Integer.toUnsignedLong(span.droppedEvents()));
      case "dropped_links_count" ->
          number(Value.Kind.INT, span -> Integer.toUnsignedLong(span.droppedLinks()));
      case "events" -> number(Value.Kind.MESSAGES, SpanCursor::events);
      case "links" -> number(Value.Kind.MESSAGES, SpanCursor::links);
      default -> null;
    };
  }

  private @Nullable Expression<ObservedSpan> keyed(Path path) {
    List<Path.Key> keys = path.keys();
    if (path.names().equals("attributes")) {
      return attribute(observed.attributes(), keys, ObservedSpan::attributes);
    }
    boolean member = path.names().equals("trace_state") && keys.size() == 1;
    return member && keys.get(0) instanceof Path.Key.Name name ? traceState(name.text()) : null;
  }

  /** Gives the attributes of what a context is about. */
  interface Level {

    Attributes of(ObservedSpan span);
  }

  /** Null unless the first key is a text. */
  static @Nullable Expression<ObservedSpan> attribute(
      Attributes attributes, List<Path.Key> keys, Level level) {
    if (keys.isEmpty() || !(keys.get(0) instanceof Path.Key.Name name)) {
      return null;
    }
    int slot = attributes.slot(name.text());
    Expression<ObservedSpan> attribute =
        (span, into) -> {
          Value value = level.of(span).get(slot);
          if (value == null) {
            into.setNil();
          } else {
            into.set(value);
          }
        };
    return Keyed.ofAttribute(attribute, keys.subList(1, keys.size()));
  }

  private static Expression<ObservedSpan> number(
      Value.Kind kind, ToLongFunction<SpanCursor> field) {
    return (span, into) -> into.number(kind, field.applyAsLong(span.span()));
  }

  private static Expression<ObservedSpan> text(
      ToIntFunction<SpanCursor> from, ToIntFunction<SpanCursor> to) {
    return (observed, into) -> {
      SpanCursor span = observed.span();
      into.setString(span.bytes(), from.applyAsInt(span), to.applyAsInt(span));
    };
  }

  /** An id of another length counts as all zeros. */
  private static Expression<ObservedSpan> id(
      Value.Kind kind, int length, ToIntFunction<SpanCursor> from, ToIntFunction<SpanCursor> to) {
    return (observed, into) -> {
      SpanCursor span = observed.span();
      int start = from.applyAsInt(span);
      if (to.applyAsInt(span) - start == length) {
        into.slice(kind, span.bytes(), start, start + length);
      } else {
        into.slice(kind, EMPTY_ID, 0, length);
      }
    };
  }

  private static Expression<ObservedSpan> hex(
      int length, ToIntFunction<SpanCursor> from, ToIntFunction<SpanCursor> to) {
    Expression<ObservedSpan> id = id(Value.Kind.BYTES, length, from, to);
    byte[] digits = "0123456789abcdef".getBytes(US_ASCII);
    byte[] text = new byte[2 * length];
    return (span, into) -> {
      id.read(span, into);
      for (int i = 0; i < length; i++) {
        int b = into.bytes()[into.from() + i];
        text[2 * i] = digits[b >> 4 & 0xf];
        text[2 * i + 1] = digits[b & 0xf];
      }
      into.setString(text, 0, text.length);
    };
  }

  /** A kind that is none has the empty name. */
  private static Expression<ObservedSpan> named(byte[][] names) {
    return (span, into) -> {
      int kind = span.span().kind();
      byte[] name = kind >= 0 && kind < names.length ? names[kind] : new byte[0];
      into.setString(name, 0, name.length);
    };
  }

  /** A tracestate that is not valid gives nil, a key that it does not have the empty text. */
  private static Expression<ObservedSpan> traceState(String key) {
    return (observed, into) -> {
      SpanCursor span = observed.span();
      String value =
          TraceStateText.get(span.bytes(), span.traceStateFrom(), span.traceStateTo(), key);
      if (value == null) {
        into.setNil();
      } else {
        byte[] text = value.getBytes(UTF_8);
        into.setString(text, 0, text.length);
      }
    };
  }
}
