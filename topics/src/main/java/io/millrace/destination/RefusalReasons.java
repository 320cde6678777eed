package io.millrace.destination;

import io.millrace.delivery.DeadReason;
import java.util.List;
import java.util.Locale;

/**
 * What backends say when they refuse an item for good, as a reason. The words of Loki, Mimir,
 * Prometheus, Thanos, VictoriaMetrics and Tempo; the status, not the words, decides what is final.
 */
final class RefusalReasons {

  private record Words(String part, DeadReason reason) {}

  /** In order: the first that occurs in the message, which is in lower case. */
  private static final List<Words> WORDS =
      List.of(
          // Before "too old": Loki names the stream, and what it calls far behind is not its age.
          new Words("too far behind", DeadReason.OUT_OF_ORDER),
          new Words("too_far_behind", DeadReason.OUT_OF_ORDER),
          new Words("out of order", DeadReason.OUT_OF_ORDER),
          new Words("out-of-order", DeadReason.OUT_OF_ORDER),
          new Words("timestamp too old", DeadReason.TOO_OLD),
          new Words("timestamp-too-old", DeadReason.TOO_OLD),
          new Words("too old sample", DeadReason.TOO_OLD),
          new Words("greater_than_max_sample_age", DeadReason.TOO_OLD),
          new Words("greater than max age", DeadReason.TOO_OLD),
          new Words("out of bounds", DeadReason.TOO_OLD),
          new Words("out of retention", DeadReason.TOO_OLD),
          new Words("timestamp too new", DeadReason.TOO_NEW),
          new Words("too far in the future", DeadReason.TOO_NEW),
          new Words("too-far-in-future", DeadReason.TOO_NEW),
          new Words("too_far_in_future", DeadReason.TOO_NEW),
          new Words("duplicate sample for timestamp", DeadReason.DUPLICATE),
          new Words("duplicate-timestamp", DeadReason.DUPLICATE),
          new Words("duplicate exemplar", DeadReason.DUPLICATE),
          new Words("line too long", DeadReason.TOO_LARGE),
          new Words("line_too_long", DeadReason.TOO_LARGE),
          new Words("max entry size", DeadReason.TOO_LARGE),
          new Words("structured metadata too large", DeadReason.TOO_LARGE),
          new Words("trace_too_large", DeadReason.TOO_LARGE),
          new Words("stream limit", DeadReason.LIMIT_EXCEEDED),
          new Words("stream_limit", DeadReason.LIMIT_EXCEEDED),
          new Words("max-series-per", DeadReason.LIMIT_EXCEEDED),
          new Words("max-metadata-per", DeadReason.LIMIT_EXCEEDED),
          new Words("per-user series limit", DeadReason.LIMIT_EXCEEDED),
          new Words("per-metric series limit", DeadReason.LIMIT_EXCEEDED),
          new Words("label", DeadReason.INVALID_LABELS),
          new Words("structured metadata", DeadReason.INVALID_LABELS),
          new Words("metric-name", DeadReason.INVALID_LABELS),
          new Words("metric name", DeadReason.INVALID_LABELS));

  private RefusalReasons() {}

  /**
   * @param message the backend's words
   * @param otherwise the reason where none of the known words occurs
   */
  static DeadReason of(String message, DeadReason otherwise) {
    String lower = message.toLowerCase(Locale.ROOT);
    for (Words words : WORDS) {
      if (lower.contains(words.part())) {
        return words.reason();
      }
    }
    return otherwise;
  }
}
