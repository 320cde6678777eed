package io.millrace.condition;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as Go writes them, which the Collector's configuration uses: {@code 1m30s}, {@code
 * 1.5h}.
 */
public final class GoDuration {

  private static final Pattern PART =
      Pattern.compile("([0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Pattern WHOLE = Pattern.compile("[-+]?(?:" + PART.pattern() + ")+");
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);
  private static final int MAX_CHARS = 100;

  private static final Map<String, Long> UNIT_NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** In nanoseconds; empty if the text is no duration or one too long for 63 bits. */
  public static OptionalLong nanos(String text) {
    if (text.matches("[-+]?0")) {
      return OptionalLong.of(0);
    }
    if (text.length() > MAX_CHARS || !WHOLE.matcher(text).matches()) {
      return OptionalLong.empty();
    }
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      BigDecimal unit = BigDecimal.valueOf(UNIT_NANOS.getOrDefault(part.group(2), 0L));
      sum = sum.add(new BigDecimal(part.group(1)).multiply(unit).setScale(0, RoundingMode.DOWN));
    }
    if (sum.compareTo(LONGEST) > 0) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(text.startsWith("-") ? -sum.longValue() : sum.longValue());
  }
}
