package io.millrace.metrics.prometheus;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/** Names of metric families, from the OTLP name, unit and type. */
final class MetricNames {

  private final TranslationStrategy strategy;

  MetricNames(TranslationStrategy strategy) {
    this.strategy = strategy;
  }

  /** Empty if no name is left: such a metric cannot be told from others. */
  Optional<String> of(String name, String unit, MetricKind kind) {
    String translated;
    if (!strategy.escapes()) {
      translated = strategy.addsSuffixes() ? suffixed(name, unit, kind) : name;
    } else if (strategy.addsSuffixes()) {
      translated = escapedAndSuffixed(name, unit, kind);
    } else {
      translated = notFirstDigit(join(tokens(name, c -> isPlain(c) || c == '_')));
    }
    return translated.isEmpty() || (!translated.equals(name) && isOnlyUnderscores(translated))
        ? Optional.empty()
        : Optional.of(translated);
  }

  /** May it stand in a name of the older character set? An underscore separates. */
  static boolean isPlain(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':';
  }

  /** A suffix that the name has already, in any place, is not given again. */
  private static String escapedAndSuffixed(String name, String unit, MetricKind kind) {
    List<String> tokens = tokens(name, MetricNames::isPlain);
    addUnit(
        tokens, UnitNames.escaped(UnitNames.main(unit)), UnitNames.escaped(UnitNames.per(unit)));
    if (kind == MetricKind.COUNTER) {
      moveToEnd(tokens, "total");
    }
    if (isRatio(unit, kind)) {
      moveToEnd(tokens, "ratio");
    }
    return notFirstDigit(join(tokens));
  }

  private static void addUnit(List<String> tokens, String main, String per) {
    String mainUnit = tokens.contains(main) ? "" : main;
    String perUnit = per.equals("per_") ? "" : without(per, "_");
    if (tokens.contains(perUnit)) {
      perUnit = "";
    }
    if (!perUnit.isEmpty()) {
      mainUnit = without(mainUnit, "_");
    }
    if (!mainUnit.isEmpty()) {
      tokens.add(mainUnit);
    }
    if (!perUnit.isEmpty()) {
      tokens.add(perUnit);
    }
  }

  private static void moveToEnd(List<String> tokens, String token) {
    tokens.removeIf(token::equals);
    tokens.add(token);
  }

  /** Only gauges: SDKs give counts of things the unit 1, too. */
  private static boolean isRatio(String unit, MetricKind kind) {
    return unit.equals("1") && kind == MetricKind.GAUGE;
  }

  /** The name as it is; a suffix counts as given if the name ends in it. */
  private static String suffixed(String name, String unit, MetricKind kind) {
    String base = name;
    String end = "";
    if (isRatio(unit, kind)) {
      base = withoutLast(base, "ratio");
      end = "_ratio";
    }
    if (kind == MetricKind.COUNTER) {
      base = withoutLast(base, "total");
      end = "_total";
    }
    String per = UnitNames.per(unit);
    if (!per.isEmpty()) {
      base = withoutLast(base, per);
      end = "_" + per + end;
    }
    String main = UnitNames.main(unit);
    if (!main.isEmpty() && !base.endsWith(main)) {
      base = base + "_" + main;
    }
    return base + end;
  }

  /** Without a suffix and the one character before it that separates it. */
  private static String withoutLast(String name, String suffix) {
    return name.endsWith(suffix) && name.length() > suffix.length() + 1
        ? name.substring(0, name.length() - suffix.length() - 1)
        : name;
  }

  private static String without(String name, String suffix) {
    return name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
  }

  private static List<String> tokens(String name, IntPredicate kept) {
    List<String> tokens = new ArrayList<>();
    StringBuilder token = new StringBuilder();
    for (int i = 0; i <= name.length(); i++) {
      if (i < name.length() && kept.test(name.charAt(i))) {
        token.append(name.charAt(i));
      } else if (!token.isEmpty()) {
        tokens.add(token.toString());
        token.setLength(0);
      }
    }
    return tokens;
  }

  private static String join(List<String> tokens) {
    return String.join("_", tokens);
  }

  private static String notFirstDigit(String name) {
    return !name.isEmpty() && name.charAt(0) >= '0' && name.charAt(0) <= '9' ? "_" + name : name;
  }

  private static boolean isOnlyUnderscores(String name) {
    return name.chars().allMatch(c -> c == '_');
  }
}
