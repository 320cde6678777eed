package io.millrace.traces.policy;

import io.millrace.condition.Expression;
import io.millrace.condition.Path;
import io.millrace.condition.Paths;
import io.millrace.condition.Value;
import io.millrace.otlp.WireReader;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The paths of OTTL's spanevent context; those of the span start with {@code span}. */
final class EventPaths implements Paths<ObservedSpan> {

  private static final byte[] NONE = {};
  private static final int TIME = WireReader.tag(1, WireReader.FIXED64);
  private static final int NAME = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int DROPPED = WireReader.tag(4, WireReader.VARINT);

  private final ObservedSpan observed;
  private final EnclosingPaths enclosing;
  private final SpanPaths span;

  EventPaths(ObservedSpan observed) {
    this.observed = observed;
    this.enclosing = new EnclosingPaths(observed);
    this.span = new SpanPaths(observed);
  }

  @Override
  public String name() {
    return "spanevent";
  }

  @Override
  public OptionalLong constant(String name) {
    return span.constant(name);
  }

  @Override
  public @Nullable Expression<ObservedSpan> resolve(Path path) {
    Expression<ObservedSpan> around = enclosing.resolve(path);
    if (around != null) {
      return around;
    }
    return path.startsWith("span")
        ? span.ofSpan(path.without("span"))
        : ofEvent(path.without("spanevent"));
  }

  private @Nullable Expression<ObservedSpan> ofEvent(Path path) {
    if (!path.keys().isEmpty()) {
      boolean attribute = path.names().equals("attributes");
      return attribute
          ? SpanPaths.attribute(observed.ofEvent(), path.keys(), ObservedSpan::ofEvent)
          : null;
    }
    return switch (path.names()) {
      case "name" -> EnclosingPaths.text(EnclosingPaths.Container.EVENT, 0, NAME);
      case "time_unix_nano" -> number(Value.Kind.INT, TIME);
      case "time" -> number(Value.Kind.TIME, TIME);
      case "dropped_attributes_count" -> number(Value.Kind.INT, DROPPED);
      default -> null;
    };
  }

  private static Expression<ObservedSpan> number(Value.Kind kind, int tag) {
    WireReader event = new WireReader(NONE, 4);
    long mask = tag == DROPPED ? 0xffffffffL : -1L;
    return (span, into) -> {
      into.number(kind, 0);
      event.over(span.span().bytes(), span.eventFrom(), span.eventTo());
      while (event.next()) {
        if (event.tag() == tag) {
          into.number(kind, event.value() & mask);
        }
      }
    };
  }
}
