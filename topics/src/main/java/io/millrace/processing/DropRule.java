package io.millrace.processing;

import io.millrace.otlp.MalformedOtlp;

/** Drops items under a condition, or all but those it holds for. */
final class DropRule implements Rule {

  private final Condition condition;
  private final boolean keeps;

  DropRule(Condition condition, boolean keeps) {
    this.condition = condition;
    this.keeps = keeps;
  }

  @Override
  public boolean goesInto(Shape.Role role) {
    return switch (role) {
      case REQUEST, RESOURCE_GROUP, SCOPE_GROUP, METRIC, DATA, ITEM -> true;
      case RESOURCE, SCOPE, WITHIN_ITEM, KEY_VALUE, ANY_VALUE, COLLECTION -> false;
    };
  }

  @Override
  public boolean mayDrop() {
    return true;
  }

  /** To deliver too much is better than to drop what was not asked for. */
  @Override
  public boolean drops(Observed observed) throws MalformedOtlp {
    return condition.holds(observed, keeps) != keeps;
  }

  @Override
  public long count() {
    return condition.errors();
  }
}
