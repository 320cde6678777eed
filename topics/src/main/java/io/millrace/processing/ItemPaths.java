package io.millrace.processing;

import io.millrace.condition.Expression;
import io.millrace.condition.Path;
import io.millrace.condition.Paths;
import io.millrace.condition.Value;
import io.millrace.otlp.Signal;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The paths of OTTL's contexts for a log record, a span or a data point, with those of its scope
 * and resource; and, where an item is not meant, of scope or resource alone.
 */
final class ItemPaths implements Paths<Observed> {

  private static final Map<String, Long> CONSTANTS =
      Map.ofEntries(
          Map.entry("STATUS_CODE_UNSET", 0L),
          Map.entry("STATUS_CODE_OK", 1L),
          Map.entry("STATUS_CODE_ERROR", 2L),
          Map.entry("SPAN_KIND_UNSPECIFIED", 0L),
          Map.entry("SPAN_KIND_INTERNAL", 1L),
          Map.entry("SPAN_KIND_SERVER", 2L),
          Map.entry("SPAN_KIND_CLIENT", 3L),
          Map.entry("SPAN_KIND_PRODUCER", 4L),
          Map.entry("SPAN_KIND_CONSUMER", 5L),
          Map.entry("METRIC_DATA_TYPE_NONE", 0L),
          Map.entry("METRIC_DATA_TYPE_GAUGE", 1L),
          Map.entry("METRIC_DATA_TYPE_SUM", 2L),
          Map.entry("METRIC_DATA_TYPE_HISTOGRAM", 3L),
          Map.entry("METRIC_DATA_TYPE_EXPONENTIAL_HISTOGRAM", 4L),
          Map.entry("METRIC_DATA_TYPE_SUMMARY", 5L),
          Map.entry("AGGREGATION_TEMPORALITY_UNSPECIFIED", 0L),
          Map.entry("AGGREGATION_TEMPORALITY_DELTA", 1L),
          Map.entry("AGGREGATION_TEMPORALITY_CUMULATIVE", 2L));

  private static final String[] SEVERITIES = {"TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"};

  private final Signal signal;
  private final RuleConfig.Place place;

  ItemPaths(Signal signal, RuleConfig.Place place) {
    this.signal = signal;
    this.place = place;
  }

  @Override
  public String name() {
    if (place != RuleConfig.Place.ITEM) {
      return place == RuleConfig.Place.RESOURCE ? "resource" : "scope";
    }
    return switch (signal) {
      case TRACES -> "span";
      case METRICS -> "datapoint";
      case LOGS -> "log";
    };
  }

  @Override
  public OptionalLong constant(String name) {
    Long number = CONSTANTS.get(name);
    return number == null ? severity(name) : OptionalLong.of(number);
  }

  /** {@code SEVERITY_NUMBER_INFO} is 9, {@code SEVERITY_NUMBER_INFO4} is 12. */
  private static OptionalLong severity(String name) {
    for (int i = 0; i < SEVERITIES.length; i++) {
      String first = "SEVERITY_NUMBER_" + SEVERITIES[i];
      for (int step = 1; step <= 4; step++) {
        if (name.equals(step == 1 ? first : first + step)) {
          return OptionalLong.of(4L * i + step);
        }
      }
    }
    return name.equals("SEVERITY_NUMBER_UNSPECIFIED") ? OptionalLong.of(0) : OptionalLong.empty();
  }

  @Override
  public @Nullable Expression<Observed> resolve(Path path) {
    if (path.startsWith("resource")) {
      return ofResource(path.without("resource"));
    }
    if (place == RuleConfig.Place.RESOURCE) {
      return null;
    }
    if (path.startsWith("instrumentation_scope")) {
      return ofScope(path.without("instrumentation_scope"));
    }
    if (path.startsWith("scope")) {
      return ofScope(path.without("scope"));
    }
    if (place == RuleConfig.Place.SCOPE) {
      return null;
    }
    return switch (signal) {
      case TRACES -> ofSpan(path.without("span"));
      case METRICS -> ofPoint(path);
      case LOGS -> ofLog(path.without("log"));
    };
  }

  private static @Nullable Expression<Observed> ofResource(Path path) {
    if (!path.keys().isEmpty()) {
      return attributes(path, Shape.Role.RESOURCE_GROUP, Shape.HEADER_FIELD, any -> 1);
    }
    return switch (path.names()) {
      case "dropped_attributes_count" ->
          of(Shape.Role.RESOURCE_GROUP, Shape.HEADER_FIELD, 2, Value.Kind.INT);
      case "schema_url" -> of(Shape.Role.RESOURCE_GROUP, 0, 3, Value.Kind.STRING);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> ofScope(Path path) {
    if (!path.keys().isEmpty()) {
      return attributes(path, Shape.Role.SCOPE_GROUP, Shape.HEADER_FIELD, any -> 3);
    }
    return switch (path.names()) {
      case "name" -> of(Shape.Role.SCOPE_GROUP, Shape.HEADER_FIELD, 1, Value.Kind.STRING);
      case "version" -> of(Shape.Role.SCOPE_GROUP, Shape.HEADER_FIELD, 2, Value.Kind.STRING);
      case "dropped_attributes_count" ->
          of(Shape.Role.SCOPE_GROUP, Shape.HEADER_FIELD, 4, Value.Kind.INT);
      case "schema_url" -> of(Shape.Role.SCOPE_GROUP, 0, 3, Value.Kind.STRING);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> ofLog(Path path) {
    if (path.names().equals("body")) {
      return FieldPaths.anyValue(5, path.keys());
    }
    if (!path.keys().isEmpty()) {
      return attributes(path, Shape.Role.ITEM, 0, any -> 6);
    }
    return switch (path.names()) {
      case "time_unix_nano" -> of(1, Value.Kind.INT);
      case "observed_time_unix_nano" -> of(11, Value.Kind.INT);
      case "time" -> of(1, Value.Kind.TIME);
      case "observed_time" -> of(11, Value.Kind.TIME);
      case "severity_number" -> of(2, Value.Kind.INT);
      case "severity_text" -> of(3, Value.Kind.STRING);
      case "event_name" -> of(12, Value.Kind.STRING);
      case "flags" -> of(8, Value.Kind.INT);
      case "dropped_attributes_count" -> of(7, Value.Kind.INT);
      case "trace_id" -> of(9, Value.Kind.TRACE_ID);
      case "span_id" -> of(10, Value.Kind.SPAN_ID);
      case "trace_id.string" -> FieldPaths.hex(9, Value.Kind.TRACE_ID);
      case "span_id.string" -> FieldPaths.hex(10, Value.Kind.SPAN_ID);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> ofSpan(Path path) {
    if (!path.keys().isEmpty()) {
      return attributes(path, Shape.Role.ITEM, 0, any -> 9);
    }
    return switch (path.names()) {
      case "trace_id" -> of(1, Value.Kind.TRACE_ID);
      case "span_id" -> of(2, Value.Kind.SPAN_ID);
      case "parent_span_id" -> of(4, Value.Kind.SPAN_ID);
      case "trace_id.string" -> FieldPaths.hex(1, Value.Kind.TRACE_ID);
      case "span_id.string" -> FieldPaths.hex(2, Value.Kind.SPAN_ID);
      case "parent_span_id.string" -> FieldPaths.hex(4, Value.Kind.SPAN_ID);
      case "trace_state" -> of(3, Value.Kind.STRING);
      case "name" -> of(5, Value.Kind.STRING);
      case "kind" -> of(6, Value.Kind.INT);
      case "start_time_unix_nano" -> of(7, Value.Kind.INT);
      case "end_time_unix_nano" -> of(8, Value.Kind.INT);
      case "start_time" -> of(7, Value.Kind.TIME);
      case "end_time" -> of(8, Value.Kind.TIME);
      case "dropped_attributes_count" -> of(10, Value.Kind.INT);
      case "events" -> FieldPaths.count(11);
      case "dropped_events_count" -> of(12, Value.Kind.INT);
      case "links" -> FieldPaths.count(13);
      case "dropped_links_count" -> of(14, Value.Kind.INT);
      case "status.message" -> of(Shape.Role.ITEM, 15, 2, Value.Kind.STRING);
      case "status.code" -> of(Shape.Role.ITEM, 15, 3, Value.Kind.INT);
      case "flags" -> of(16, Value.Kind.INT);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> ofPoint(Path path) {
    return path.startsWith("metric")
        ? ofMetric(path.without("metric"))
        : ofItem(path.without("datapoint"));
  }

  private static @Nullable Expression<Observed> ofMetric(Path path) {
    if (!path.keys().isEmpty()) {
      return null;
    }
    return switch (path.names()) {
      case "name" -> of(Shape.Role.METRIC, 0, 1, Value.Kind.STRING);
      case "description" -> of(Shape.Role.METRIC, 0, 2, Value.Kind.STRING);
      case "unit" -> of(Shape.Role.METRIC, 0, 3, Value.Kind.STRING);
      case "type" -> (observed, into) -> into.setInt(DataType.of(observed).constant);
      case "aggregation_temporality" ->
          FieldPaths.field(
              Shape.Role.DATA, 0, data -> DataType.of(data).temporality, Value.Kind.INT);
      case "is_monotonic" ->
          FieldPaths.field(
              Shape.Role.DATA, 0, data -> DataType.of(data).monotonic, Value.Kind.BOOL);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> ofItem(Path path) {
    if (!path.keys().isEmpty()) {
      return attributes(path, Shape.Role.ITEM, 0, data -> DataType.of(data).attributes);
    }
    return switch (path.names()) {
      case "start_time_unix_nano" -> of(2, Value.Kind.INT);
      case "time_unix_nano" -> of(3, Value.Kind.INT);
      case "start_time" -> of(2, Value.Kind.TIME);
      case "time" -> of(3, Value.Kind.TIME);
      case "value_double" -> of(data -> DataType.of(data).valueDouble, Value.Kind.DOUBLE);
      case "value_int" -> of(data -> DataType.of(data).valueInt, Value.Kind.INT);
      case "count" -> of(data -> DataType.of(data).count, Value.Kind.INT);
      case "sum" -> of(data -> DataType.of(data).sum, Value.Kind.DOUBLE);
      case "flags" -> of(data -> DataType.of(data).flags, Value.Kind.INT);
      default -> null;
    };
  }

  private static @Nullable Expression<Observed> attributes(
      Path path, Shape.Role role, int within, ToIntFunction<Observed> field) {
    return path.names().equals("attributes")
        ? FieldPaths.attribute(role, within, field, path.keys())
        : null;
  }

  private static Expression<Observed> of(int field, Value.Kind kind) {
    return of(Shape.Role.ITEM, 0, field, kind);
  }

  private static Expression<Observed> of(ToIntFunction<Observed> field, Value.Kind kind) {
    return FieldPaths.field(Shape.Role.ITEM, 0, field, kind);
  }

  private static Expression<Observed> of(Shape.Role role, int within, int field, Value.Kind kind) {
    return FieldPaths.field(role, within, any -> field, kind);
  }

  /** The field numbers that differ between the types of metrics; 0 where there is no such field. */
  private enum DataType {
    GAUGE(1, 5, 0, 0, 7, 4, 6, 0, 0, 8),
    SUM(2, 7, 2, 3, 7, 4, 6, 0, 0, 8),
    HISTOGRAM(3, 9, 2, 0, 9, 0, 0, 4, 5, 10),
    EXPONENTIAL_HISTOGRAM(4, 10, 2, 0, 1, 0, 0, 4, 5, 10),
    SUMMARY(5, 11, 0, 0, 7, 0, 0, 4, 5, 8);

    private static final DataType[] ALL = values();

    final int constant;
    final int field;
    final int temporality;
    final int monotonic;
    final int attributes;
    final int valueDouble;
    final int valueInt;
    final int count;
    final int sum;
    final int flags;

    DataType(
        int constant,
        int field,
        int temporality,
        int monotonic,
        int attributes,
        int valueDouble,
        int valueInt,
        int count,
        int sum,
        int flags) {
      this.constant = constant;
      this.field = field;
      this.temporality = temporality;
      this.monotonic = monotonic;
      this.attributes = attributes;
      this.valueDouble = valueDouble;
      this.valueInt = valueInt;
      this.count = count;
      this.sum = sum;
      this.flags = flags;
    }

    static DataType of(Observed observed) {
      for (DataType type : ALL) {
        if (type.field == observed.dataField()) {
          return type;
        }
      }
      throw new IllegalStateException("no data field " + observed.dataField());
    }
  }
}
