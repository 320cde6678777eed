package io.millrace.metrics.prometheus;

import java.util.Map;

/**
 * Units as Prometheus spells them: UCUM's {@code By/s} is {@code bytes_per_second}. The tables are
 * those of the compatibility specification.
 */
final class UnitNames {

  private static final Map<String, String> MAIN =
      Map.ofEntries(
          Map.entry("d", "days"),
          Map.entry("h", "hours"),
          Map.entry("min", "minutes"),
          Map.entry("s", "seconds"),
          Map.entry("ms", "milliseconds"),
          Map.entry("us", "microseconds"),
          Map.entry("ns", "nanoseconds"),
          Map.entry("By", "bytes"),
          Map.entry("KiBy", "kibibytes"),
          Map.entry("MiBy", "mebibytes"),
          Map.entry("GiBy", "gibibytes"),
          Map.entry("TiBy", "tibibytes"),
          Map.entry("KBy", "kilobytes"),
          Map.entry("MBy", "megabytes"),
          Map.entry("GBy", "gigabytes"),
          Map.entry("TBy", "terabytes"),
          Map.entry("m", "meters"),
          Map.entry("V", "volts"),
          Map.entry("A", "amperes"),
          Map.entry("J", "joules"),
          Map.entry("W", "watts"),
          Map.entry("g", "grams"),
          Map.entry("Cel", "celsius"),
          Map.entry("Hz", "hertz"),
          Map.entry("1", ""),
          Map.entry("%", "percent"));

  private static final Map<String, String> PER =
      Map.of(
          "s", "second", "m", "minute", "h", "hour", "d", "day", "w", "week", "mo", "month", "y",
          "year");

  private UnitNames() {}

  /** What is counted, before the slash; empty for none, for {@code 1} and for {@code {remarks}}. */
  static String main(String unit) {
    int slash = unit.indexOf('/');
    String main = (slash < 0 ? unit : unit.substring(0, slash)).strip();
    return isRemark(main) ? "" : MAIN.getOrDefault(main, main);
  }

  /** Per what, behind the slash: {@code per_second}; empty for none. */
  static String per(String unit) {
    int slash = unit.indexOf('/');
    String per = slash < 0 ? "" : unit.substring(slash + 1).strip();
    String name = per.isEmpty() || isRemark(per) ? "" : PER.getOrDefault(per, per);
    return name.isEmpty() ? "" : "per_" + name;
  }

  private static boolean isRemark(String part) {
    return part.indexOf('{') >= 0 || part.indexOf('}') >= 0;
  }

  /** With characters of a metric name only, single underscores, and none in front. */
  static String escaped(String suffix) {
    StringBuilder escaped = new StringBuilder();
    suffix
        .codePoints()
        .forEach(
            c -> {
              char next = MetricNames.isPlain(c) ? (char) c : '_';
              if (next != '_' || escaped.isEmpty() || escaped.charAt(escaped.length() - 1) != '_') {
                escaped.append(next);
              }
            });
    return !escaped.isEmpty() && escaped.charAt(0) == '_'
        ? escaped.substring(1)
        : escaped.toString();
  }

  /** The unit of a metric's metadata. */
  static String metadata(String unit) {
    String main = escaped(main(unit));
    String per = escaped(per(unit));
    String whole = main.isEmpty() || per.isEmpty() ? main + per : main + "_" + per;
    whole = whole.startsWith("_") ? whole.substring(1) : whole;
    return whole.endsWith("_") ? whole.substring(0, whole.length() - 1) : whole;
  }
}
