package io.millrace.condition;

import java.util.List;

/**
 * A path as it stands in a condition: {@code resource.attributes["k"]} has two steps, the second
 * with one key.
 *
 * @param position offset of its first character in the condition
 */
public record Path(int position, List<Step> steps) {

  /**
   * A name and the keys behind it.
   *
   * @param keys each a text or a whole number
   */
  public record Step(String name, List<Key> keys) {}

  /** {@code ["k"]} or {@code [0]}: exactly one of the two. */
  public sealed interface Key {

    /** Of a map. */
    record Name(String text) implements Key {}

    /** Of a list. */
    record Index(long number) implements Key {}
  }

  /** The path without its first step, if that is {@code name} and others follow it. */
  public Path without(String name) {
    boolean starts = steps.size() > 1 && steps.get(0).equals(new Step(name, List.of()));
    return starts ? new Path(position, steps.subList(1, steps.size())) : this;
  }

  public boolean startsWith(String name) {
    return steps.get(0).equals(new Step(name, List.of())) && steps.size() > 1;
  }

  /** The names, joined by dots, without any keys. */
  public String names() {
    return String.join(".", steps.stream().map(Step::name).toList());
  }

  /** The keys of the last step; an earlier step never has any. */
  public List<Key> keys() {
    return steps.get(steps.size() - 1).keys();
  }
}
