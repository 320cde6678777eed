package io.millrace.terminal;

import io.millrace.daemon.InvalidConfig;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bytes a second, as {@code --rate} says it: {@code 20MB/s}, {@code 512KiB/s}.
 *
 * @param bytesPerSecond at least 1
 */
public record Rate(long bytesPerSecond) {

  public static final Rate UNBOUNDED = new Rate(Long.MAX_VALUE);

  private static final Pattern FORM = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,3})?)([kKMG]?)(i?)B/s");
  private static final String FORMS = "a rate such as 20MB/s or 512KiB/s";

  /**
   * @param text empty for no bound
   */
  public static Rate parse(String option, String text) {
    if (text.isEmpty()) {
      return UNBOUNDED;
    }
    Matcher form = FORM.matcher(text);
    if (!form.matches() || (form.group(2).isEmpty() && !form.group(3).isEmpty())) {
      throw new InvalidConfig(option, text, FORMS);
    }
    int power =
        " KMG".indexOf(form.group(2).isEmpty() ? " " : form.group(2).toUpperCase(Locale.ROOT));
    BigDecimal unit = BigDecimal.valueOf(form.group(3).isEmpty() ? 1000 : 1024).pow(power);
    long bytes =
        new BigDecimal(form.group(1)).multiply(unit).setScale(0, RoundingMode.DOWN).longValue();
    if (bytes < 1) {
      throw new InvalidConfig(option, text, FORMS);
    }
    return new Rate(bytes);
  }
}
