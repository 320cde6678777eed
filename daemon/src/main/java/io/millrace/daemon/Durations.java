package io.millrace.daemon;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of durations: {@code 200ms}, {@code 10s}, {@code 1h30m}, {@code 7d}. Units go from
 * the largest to the smallest, each at most once: d, h, m, s, ms, us, ns. A day has 24 hours.
 */
public final class Durations {

  private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us", "ns"};

  private static final long[] UNIT_NANOS = {
    86_400_000_000_000L, 3_600_000_000_000L, 60_000_000_000L, 1_000_000_000L, 1_000_000L, 1_000L, 1L
  };

  private static final Pattern SHORT =
      Pattern.compile(
          "(-)?(?=\\d)(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m(?!s))?"
              + "(?:(\\d+)s)?(?:(\\d+)ms)?(?:(\\d+)us)?(?:(\\d+)ns)?");

  private Durations() {}

  /** Reads the short form, ISO-8601 ({@code PT10S}) or a bare {@code 0}; empty for all else. */
  public static Optional<Duration> parse(String text) {
    try {
      if (text.equals("0")) {
        return Optional.of(Duration.ZERO);
      }
      Matcher matcher = SHORT.matcher(text);
      if (matcher.matches()) {
        return Optional.of(sum(matcher));
      }
      boolean iso = text.toUpperCase(Locale.ROOT).matches("[+-]?P.*");
      return iso ? Optional.of(Duration.parse(text)) : Optional.empty();
    } catch (ArithmeticException | NumberFormatException | DateTimeParseException e) {
      return Optional.empty();
    }
  }

  private static Duration sum(Matcher matcher) {
    Duration sum = Duration.ZERO;
    for (int i = 0; i < UNITS.length; i++) {
      String count = matcher.group(i + 2);
      if (count != null) {
        sum = sum.plus(Duration.ofNanos(UNIT_NANOS[i]).multipliedBy(Long.parseLong(count)));
      }
    }
    return matcher.group(1) == null ? sum : sum.negated();
  }

  /** The short form, exact to the nanosecond; {@code 0s} for none. */
  public static String format(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (duration.isNegative()) {
      return "-" + format(duration.negated());
    }
    StringBuilder text = new StringBuilder();
    Duration rest = duration;
    for (int i = 0; i < UNITS.length; i++) {
      Duration unit = Duration.ofNanos(UNIT_NANOS[i]);
      long count = rest.dividedBy(unit);
      if (count > 0) {
        text.append(count).append(UNITS[i]);
        rest = rest.minus(unit.multipliedBy(count));
      }
    }
    return text.toString();
  }
}
