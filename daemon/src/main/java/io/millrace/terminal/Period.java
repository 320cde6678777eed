package io.millrace.terminal;

import io.millrace.daemon.Durations;
import io.millrace.daemon.InvalidConfig;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;

/**
 * From one moment to another, as {@code --from} and {@code --to} say it.
 *
 * @param from the first moment
 * @param to behind the last, later than {@code from}
 */
public record Period(Instant from, Instant to) {

  private static final String FORMS = "a time such as -2h or 2026-11-21T10:00:00Z";

  /**
   * Reads {@code -2h} as before now, {@code 2026-11-21T10:00Z} as it stands and, behind such a
   * begin, {@code 12:00Z} as of the same day.
   *
   * @throws InvalidConfig if one is no time, or the first is not before the second
   */
  public static Period parse(String from, String to, Instant now) {
    Instant begin = moment("--from", from, now);
    Instant end;
    try {
      LocalDate day = begin.atOffset(ZoneOffset.UTC).toLocalDate();
      end = OffsetTime.parse(to).atDate(day).toInstant();
    } catch (DateTimeException e) {
      end = moment("--to", to, now);
    }
    if (!begin.isBefore(end)) {
      throw new InvalidConfig("--from", from, "a time before --to, " + to);
    }
    return new Period(begin, end);
  }

  /** One moment; {@code option} names it where it cannot be read. */
  public static Instant moment(String option, String text, Instant now) {
    try {
      return Durations.parse(text)
          .map(now::plus)
          .orElseGet(() -> OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException | ArithmeticException e) {
      throw new InvalidConfig(option, text, FORMS);
    }
  }
}
