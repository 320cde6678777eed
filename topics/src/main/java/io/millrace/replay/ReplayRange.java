package io.millrace.replay;

import io.millrace.terminal.Period;
import io.millrace.topics.Stretch;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.TopicPartition;

/**
 * What a replay delivers, fixed at its start.
 *
 * @param period as it was asked for
 * @param stretches of each partition, whole; some of it may be delivered already
 * @param next the offset that is delivered next, by partition
 */
record ReplayRange(
    Period period, Map<TopicPartition, Stretch> stretches, Map<TopicPartition, Long> next) {

  private static final Pattern NOTE =
      Pattern.compile("replay from=(\\S{1,40}) to=(\\S{1,40}) begin=(\\d{1,18}) end=(\\d{1,18})");

  ReplayRange {
    stretches = Map.copyOf(stretches);
    next = Map.copyOf(next);
  }

  /** What is kept beside the committed offset of a partition. */
  static String note(Period period, Stretch stretch) {
    return "replay from=%s to=%s begin=%d end=%d"
        .formatted(period.from(), period.to(), stretch.begin(), stretch.end());
  }

  /** What a note says; empty if it is none. */
  static Optional<Stretch> stretch(TopicPartition partition, String note) {
    Matcher parts = NOTE.matcher(note);
    return parts.matches()
        ? Optional.of(
            new Stretch(partition, Long.parseLong(parts.group(3)), Long.parseLong(parts.group(4))))
        : Optional.empty();
  }

  /** The period a note names; empty if it is none. */
  static Optional<Period> period(String note) {
    Matcher parts = NOTE.matcher(note);
    return parts.matches()
        ? Optional.of(new Period(Instant.parse(parts.group(1)), Instant.parse(parts.group(2))))
        : Optional.empty();
  }

  /** Offsets in all. */
  long all() {
    return stretches.values().stream().mapToLong(Stretch::records).sum();
  }

  /** Offsets that were delivered before. */
  long done() {
    return stretches.values().stream().mapToLong(stretch -> done(stretch, next)).sum();
  }

  /** Offsets before those that come next. */
  static long done(Stretch stretch, Map<TopicPartition, Long> next) {
    long at = next.getOrDefault(stretch.partition(), stretch.begin());
    return Math.max(0, Math.min(at, stretch.end()) - stretch.begin());
  }
}
