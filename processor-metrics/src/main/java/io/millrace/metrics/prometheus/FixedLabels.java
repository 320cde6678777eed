package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * The labels that all data points of a resource, or of a scope, have in common: sorted by name, and
 * each either stronger or weaker than an attribute of that name.
 */
final class FixedLabels {

  final byte[][] names;
  final byte[][] values;

  /** Does it win over an attribute of the same name? An empty value then removes the label. */
  final boolean[] wins;

  private FixedLabels(Map<byte[], Entry> entries) {
    names = new byte[entries.size()][];
    values = new byte[entries.size()][];
    wins = new boolean[entries.size()];
    int i = 0;
    for (Map.Entry<byte[], Entry> entry : entries.entrySet()) {
      names[i] = entry.getKey();
      values[i] = entry.getValue().value.getBytes(UTF_8);
      wins[i++] = entry.getValue().wins;
    }
  }

  private record Entry(String value, boolean wins) {}

  /** Collects labels; what is called later knows what was given before. */
  static final class Builder {

    private final TreeMap<byte[], Entry> entries = new TreeMap<>(Arrays::compareUnsigned);

    Builder() {}

    /** The same again, to go on from. */
    Builder copy() {
      Builder copy = new Builder();
      copy.entries.putAll(entries);
      return copy;
    }

    /** For points without such an attribute; the last one given of a name holds. */
    Builder weak(String name, String value) {
      put(name, new Entry(value, false));
      return this;
    }

    /** For points without such an attribute, and where no label of that name was given before. */
    Builder weakest(String name, String value) {
      Entry former = entries.get(name.getBytes(UTF_8));
      if (former == null || former.value.isEmpty()) {
        put(name, new Entry(value, false));
      }
      return this;
    }

    /** For all points. */
    Builder strong(String name, String value) {
      put(name, new Entry(value, true));
      return this;
    }

    private void put(String name, Entry entry) {
      entries.put(name.getBytes(UTF_8), entry);
    }

    FixedLabels build() {
      return new FixedLabels(entries);
    }
  }
}
