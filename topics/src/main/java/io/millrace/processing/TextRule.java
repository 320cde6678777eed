package io.millrace.processing;

import io.millrace.otlp.WireWriter;
import java.util.Optional;

/** Changes texts in bodies and attribute values, everywhere or in one place. */
final class TextRule implements Rule {

  private final Optional<RuleConfig.Place> on;
  private final TextChange change;
  private long changes;

  TextRule(Optional<RuleConfig.Place> on, TextChange change) {
    this.on = on;
    this.change = change;
  }

  @Override
  public boolean goesInto(Shape.Role role) {
    if (on.isEmpty()) {
      return true;
    }
    return switch (role) {
      case RESOURCE -> on.get() == RuleConfig.Place.RESOURCE;
      case SCOPE -> on.get() == RuleConfig.Place.SCOPE;
      case SCOPE_GROUP -> on.get() != RuleConfig.Place.RESOURCE;
      case METRIC, ITEM -> on.get() == RuleConfig.Place.ITEM;
      case REQUEST, RESOURCE_GROUP, DATA, WITHIN_ITEM, KEY_VALUE, ANY_VALUE, COLLECTION -> true;
    };
  }

  @Override
  public boolean text(byte[] bytes, int from, int to, WireWriter out) {
    boolean changed = change.write(bytes, from, to, out);
    changes += changed ? 1 : 0;
    return changed;
  }

  @Override
  public boolean number(long value, WireWriter out) {
    boolean changed = change.write(value, out);
    changes += changed ? 1 : 0;
    return changed;
  }

  @Override
  public long count() {
    return changes;
  }
}
