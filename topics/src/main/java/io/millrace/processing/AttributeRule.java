package io.millrace.processing;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireWriter;
import java.util.ArrayList;
import java.util.List;

/** Changes the attributes of resources, scopes or items. */
final class AttributeRule implements Rule {

  private final Shape.Role role;
  private final Condition condition;
  private final List<AttributeEdit> edits = new ArrayList<>();
  private WireWriter edited = new WireWriter(0);
  private WireWriter next = new WireWriter(0);

  AttributeRule(RuleConfig config, Condition condition) {
    this.role =
        switch (config.on().orElse(RuleConfig.Place.ITEM)) {
          case RESOURCE -> Shape.Role.RESOURCE;
          case SCOPE -> Shape.Role.SCOPE;
          case ITEM -> Shape.Role.ITEM;
        };
    this.condition = condition;
    config.set().forEach((key, value) -> edits.add(AttributeEdit.set(key, value)));
    config.insert().forEach((key, value) -> edits.add(AttributeEdit.insert(key, value)));
    config.remove().forEach(key -> edits.add(AttributeEdit.remove(key)));
    config.rename().forEach((from, to) -> edits.add(AttributeEdit.rename(from, to)));
  }

  @Override
  public boolean goesInto(Shape.Role other) {
    return other == role
        || switch (other) {
          case REQUEST, RESOURCE_GROUP -> true;
          case SCOPE_GROUP -> role != Shape.Role.RESOURCE;
          case METRIC, DATA -> role == Shape.Role.ITEM;
          default -> false;
        };
  }

  @Override
  public Outcome attributes(Shape shape, Observed observed, int from, int to, WireWriter out)
      throws MalformedOtlp {
    if (shape.role != role) {
      return Outcome.NOT_MINE;
    }
    if (!condition.holds(observed, false)) {
      out.copy(observed.bytes(), from, to);
      return Outcome.UNCHANGED;
    }
    edited.truncate(0);
    edited.copy(observed.bytes(), from, to);
    boolean changed = false;
    for (AttributeEdit edit : edits) {
      next.truncate(0);
      if (edit.write(shape.attributes, edited.bytes(), edited.size(), next)) {
        changed = true;
        WireWriter done = edited;
        edited = next;
        next = done;
      }
    }
    out.copy(edited.bytes(), 0, edited.size());
    return changed ? Outcome.CHANGED : Outcome.UNCHANGED;
  }

  @Override
  public long count() {
    return condition.errors();
  }
}
