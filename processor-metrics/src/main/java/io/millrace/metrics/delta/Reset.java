package io.millrace.metrics.delta;

import java.util.Locale;

/** Why the sum of a series started anew, with a new start time: the closed set of a label. */
enum Reset {
  /** Points are missing between the last one and this one. */
  GAP,
  /** The bounds of an explicit histogram are others: its buckets cannot be added. */
  BOUNDS_CHANGED,
  /** The sum does not fit its type any more. */
  OVERFLOW;

  /** As it stands in metric labels. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
