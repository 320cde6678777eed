package io.millrace.traces.policy;

import io.millrace.condition.Expression;
import io.millrace.condition.Path;
import io.millrace.otlp.WireReader;
import org.jspecify.annotations.Nullable;

/** The paths of a span's resource and instrumentation scope, and single fields of messages. */
final class EnclosingPaths {

  private static final byte[] NONE = {};
  private static final int FIELD_1 = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int FIELD_2 = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int FIELD_3 = WireReader.tag(3, WireReader.LENGTH_DELIMITED);
  private static final int RESOURCE_DROPPED = WireReader.tag(2, WireReader.VARINT);
  private static final int SCOPE_DROPPED = WireReader.tag(4, WireReader.VARINT);

  private final ObservedSpan observed;

  EnclosingPaths(ObservedSpan observed) {
    this.observed = observed;
  }

  /** Null if the path starts elsewhere, or there is no such path. */
  @Nullable Expression<ObservedSpan> resolve(Path path) {
    if (path.startsWith("resource")) {
      return ofResource(path.without("resource"));
    }
    if (path.startsWith("instrumentation_scope")) {
      return ofScope(path.without("instrumentation_scope"));
    }
    return path.startsWith("scope") ? ofScope(path.without("scope")) : null;
  }

  private @Nullable Expression<ObservedSpan> ofResource(Path path) {
    if (!path.keys().isEmpty()) {
      boolean attribute = path.names().equals("attributes");
      return attribute
          ? SpanPaths.attribute(observed.ofResource(), path.keys(), ObservedSpan::ofResource)
          : null;
    }
    return switch (path.names()) {
      case "dropped_attributes_count" -> number(Container.RESOURCE_SPANS, RESOURCE_DROPPED);
      case "schema_url" -> text(Container.RESOURCE_SPANS, 0, FIELD_3);
      default -> null;
    };
  }

  private @Nullable Expression<ObservedSpan> ofScope(Path path) {
    if (!path.keys().isEmpty()) {
      boolean attribute = path.names().equals("attributes");
      return attribute
          ? SpanPaths.attribute(observed.ofScope(), path.keys(), ObservedSpan::ofScope)
          : null;
    }
    return switch (path.names()) {
      case "name" -> text(Container.SCOPE_SPANS, FIELD_1, FIELD_1);
      case "version" -> text(Container.SCOPE_SPANS, FIELD_1, FIELD_2);
      case "dropped_attributes_count" -> number(Container.SCOPE_SPANS, SCOPE_DROPPED);
      case "schema_url" -> text(Container.SCOPE_SPANS, 0, FIELD_3);
      default -> null;
    };
  }

  static Expression<ObservedSpan> statusMessage() {
    return text(Container.STATUS, 0, FIELD_2);
  }

  /** The messages that fields are read from. */
  enum Container {
    RESOURCE_SPANS {
      @Override
      int from(ObservedSpan span) {
        return span.span().resourceSpansFrom();
      }

      @Override
      int to(ObservedSpan span) {
        return span.span().resourceSpansTo();
      }
    },
    SCOPE_SPANS {
      @Override
      int from(ObservedSpan span) {
        return span.span().scopeSpansFrom();
      }

      @Override
      int to(ObservedSpan span) {
        return span.span().scopeSpansTo();
      }
    },
    STATUS {
      @Override
      int from(ObservedSpan span) {
        return span.span().statusFrom();
      }

      @Override
      int to(ObservedSpan span) {
        return span.span().statusTo();
      }
    },
    EVENT {
      @Override
      int from(ObservedSpan span) {
        return span.eventFrom();
      }

      @Override
      int to(ObservedSpan span) {
        return span.eventTo();
      }
    };

    abstract int from(ObservedSpan span);

    abstract int to(ObservedSpan span);
  }

  /**
   * A text field; empty if it is not there.
   *
   * @param outer tag of the message within the container that has the field; 0 if the container has
   *     it itself
   */
  static Expression<ObservedSpan> text(Container container, int outer, int tag) {
    WireReader around = new WireReader(NONE, 1);
    WireReader message = new WireReader(NONE, 2);
    return (span, into) -> {
      byte[] bytes = span.span().bytes();
      into.setString(bytes, 0, 0);
      around.over(bytes, container.from(span), container.to(span));
      while (around.next()) {
        if (outer == 0 && around.tag() == tag) {
          into.setString(bytes, around.from(), around.end());
        } else if (outer != 0 && around.tag() == outer) {
          message.over(bytes, around.from(), around.end());
          while (message.next()) {
            if (message.tag() == tag) {
              into.setString(bytes, message.from(), message.end());
            }
          }
        }
      }
    };
  }

  /** A counter in field 1 of the container. */
  private static Expression<ObservedSpan> number(Container container, int tag) {
    WireReader around = new WireReader(NONE, 1);
    WireReader message = new WireReader(NONE, 2);
    return (span, into) -> {
      byte[] bytes = span.span().bytes();
      into.setInt(0);
      around.over(bytes, container.from(span), container.to(span));
      while (around.next()) {
        if (around.tag() == FIELD_1) {
          message.over(bytes, around.from(), around.end());
          while (message.next()) {
            if (message.tag() == tag) {
              into.setInt(message.value() & 0xffffffffL);
            }
          }
        }
      }
    };
  }
}
