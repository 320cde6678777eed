package io.millrace.metrics.relabel;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What a rule does. */
enum Action {
  REPLACE,
  KEEP,
  DROP,
  KEEPEQUAL,
  DROPEQUAL,
  HASHMOD,
  LABELMAP,
  LABELDROP,
  LABELKEEP,
  LOWERCASE,
  UPPERCASE;

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In Prometheus's spelling, without regard to case. */
  static Optional<Action> of(String text) {
    return Arrays.stream(values()).filter(action -> action.id().equalsIgnoreCase(text)).findFirst();
  }

  /** Does it write a label that the rule names? */
  boolean needsTarget() {
    return switch (this) {
      case REPLACE, HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL -> true;
      case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
    };
  }
}
