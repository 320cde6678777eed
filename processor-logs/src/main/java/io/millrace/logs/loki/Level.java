package io.millrace.logs.loki;

import java.util.Locale;

/** The level of a log record, by its severity number, or else by its severity text. */
final class Level {

  private static final String[] NAMES = {"trace", "debug", "info", "warn", "error", "fatal"};

  private Level() {}

  /** Empty if neither says anything. */
  static String of(int severityNumber, String severityText) {
    if (severityNumber >= 1 && severityNumber <= 4 * NAMES.length) {
      return NAMES[(severityNumber - 1) / 4];
    }
    return switch (severityText.toLowerCase(Locale.ROOT)) {
      case "trace", "trc" -> "trace";
      case "debug", "dbg" -> "debug";
      case "info", "inf", "information", "informational", "notice" -> "info";
      case "warn", "wrn", "warning" -> "warn";
      case "error", "err" -> "error";
      case "fatal", "critical", "crit", "alert", "emergency", "panic" -> "fatal";
      default -> "";
    };
  }
}
