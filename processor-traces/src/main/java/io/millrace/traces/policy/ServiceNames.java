package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.condition.Value;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import org.jspecify.annotations.Nullable;

/** The service that a span is of, read once for each resource of a record. One thread. */
public final class ServiceNames {

  /** What OpenTelemetry calls a service that does not say its name. */
  public static final String UNKNOWN = "unknown_service";

  private static final int FIELD_1 = WireReader.tag(1, WireReader.LENGTH_DELIMITED);

  private final Attributes ofResource = new Attributes(FIELD_1, FIELD_1);
  private final int slot = ofResource.slot("service.name");
  private int resource;
  private String last = UNKNOWN;

  /**
   * @param span of the one cursor that this object is asked for
   */
  public String of(SpanCursor span) throws MalformedOtlp {
    if (resource != span.resourceOrdinal()) {
      ofResource.over(span.bytes(), span.resourceSpansFrom(), span.resourceSpansTo());
      last = text(ofResource.get(slot));
      resource = span.resourceOrdinal();
    }
    return last;
  }

  private static String text(@Nullable Value value) {
    return value == null || value.kind() != Value.Kind.STRING || value.from() == value.to()
        ? UNKNOWN
        : new String(value.bytes(), value.from(), value.to() - value.from(), UTF_8);
  }
}
