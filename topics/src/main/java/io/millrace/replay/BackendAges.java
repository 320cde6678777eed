package io.millrace.replay;

import io.millrace.daemon.Durations;
import io.millrace.otlp.Signal;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * How old what a backend takes may be, by what its own documentation says of a default
 * installation, and which setting changes that. A replay of what is older would make nothing but
 * dead letters.
 */
public enum BackendAges {
  /** {@code limits_config} of Loki's configuration reference. */
  LOKI(
      "Loki",
      Duration.ofDays(7),
      "limits_config.reject_old_samples_max_age",
      "Loki also refuses lines that are further behind the newest of their stream than half of"
          + " ingester.max_chunk_age, 1h by default."),
  /** {@code limits} of Mimir's configuration reference. */
  MIMIR("Mimir", Duration.ZERO, "limits.out_of_order_time_window", ""),
  PROMETHEUS("Prometheus", Duration.ZERO, "storage.tsdb.out_of_order_time_window", ""),
  /** Takes spans of any age; {@code ingestion_time_range_slack} bounds only where it looks. */
  TEMPO(
      "Tempo",
      Duration.ofDays(36_500),
      "",
      "If this is Tempo: it takes old spans, but a search by time finds only those that are no"
          + " older than storage.trace.wal.ingestion_time_range_slack, 2m by default; by trace id"
          + " all are found."),
  OTHER("", Duration.ofDays(36_500), "", "");

  private final String title;
  private final Duration oldest;
  private final String setting;
  private final String note;

  BackendAges(String title, Duration oldest, String setting, String note) {
    this.title = title;
    this.oldest = oldest;
    this.setting = setting;
    this.note = note;
  }

  /** The kind of backend that a URL means. */
  public static BackendAges of(Signal signal, String url) {
    URI uri = URI.create(url);
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    if (!scheme.matches("https?|grpcs?")) {
      return OTHER;
    }
    String path = uri.getPath() == null ? "" : uri.getPath().replaceAll("/+$", "");
    return switch (signal) {
      case TRACES -> TEMPO;
      case LOGS ->
          uri.getPort() == 3100 || path.contains("/loki/") || path.matches(".*/otlp(/v1/logs)?")
              ? LOKI
              : OTHER;
      case METRICS -> metrics(path);
    };
  }

  private static BackendAges metrics(String path) {
    if (path.matches(".*/api/v1/(write|otlp(/v1/metrics)?)")) {
      return PROMETHEUS;
    }
    return path.matches(".*/(api/v1/push|otlp(/v1/metrics)?)") ? MIMIR : OTHER;
  }

  /**
   * Why it would refuse what is so old, with the setting to change; empty if it would not.
   *
   * @param takes how old what it takes may be, if somebody has changed that
   */
  public Optional<String> refusal(Duration age, Optional<Duration> takes) {
    Duration limit = takes.orElse(oldest);
    if (age.compareTo(limit) <= 0) {
      return Optional.empty();
    }
    String shown = Durations.format(Duration.ofMinutes(Math.max(1, age.toMinutes())));
    String raise = setting.isEmpty() ? "" : " Raise %s, then say so:".formatted(setting);
    return Optional.of(
        "%s takes %s, and this is up to %s old.%s --backend-takes %s"
            .formatted(
                title.isEmpty() ? "The backend" : title,
                limit.isZero()
                    ? "nothing that is older than what it has of a series"
                    : "what is up to " + Durations.format(limit) + " old",
                shown,
                raise,
                Durations.format(Duration.ofHours(age.toHours() + 1))));
  }

  /** What else is worth to know; empty if nothing. */
  public String note() {
    return note;
  }
}
