package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.metrics.relabel.RelabelRules;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Applies relabelling rules to series. What became of a series is remembered, up to a bound: rules
 * are far slower than looking it up.
 */
final class Relabelling implements SeriesLabels {

  private static final int MAX_REMEMBERED_BYTES = 32 << 20;

  /** Beyond its labels, near enough. */
  private static final int BYTES_PER_SERIES = 100;

  private final RelabelRules rules;
  private final RangeTable series = new RangeTable();
  private final Map<Integer, byte[]> changed = new HashMap<>();
  private int rememberedBytes;

  private Relabelling(RelabelRules rules) {
    this.rules = rules;
  }

  static SeriesLabels of(RelabelRules rules) {
    return rules.isEmpty() ? UNCHANGED : new Relabelling(rules);
  }

  @Override
  public boolean apply(WireBuffer labels, int from) {
    int number = series.number(0, labels.bytes(), from, labels.size());
    byte[] result;
    if (number >= 0) {
      result = changed.get(number);
    } else {
      result = relabel(labels, from);
      remember(-1 - number, labels.size() - from, result);
    }
    labels.truncate(from);
    if (result != null) {
      labels.raw(result);
    }
    return result != null;
  }

  private void remember(int number, int length, byte @Nullable [] result) {
    rememberedBytes += BYTES_PER_SERIES + length + (result == null ? 0 : result.length);
    if (rememberedBytes > MAX_REMEMBERED_BYTES) {
      series.clear();
      changed.clear();
      rememberedBytes = 0;
      return;
    }
    series.owned(number);
    if (result != null) {
      changed.put(number, result);
    }
  }

  /** Null if the series is dropped; one without a name cannot be sent. */
  private byte @Nullable [] relabel(WireBuffer labels, int from) {
    TreeMap<String, String> map = new TreeMap<>();
    byte[] bytes = labels.bytes();
    LabelReader reader = new LabelReader(bytes, from, labels.size());
    while (reader.next()) {
      map.put(
          Conversion.text(bytes, reader.nameFrom(), reader.nameTo()),
          Conversion.text(bytes, reader.valueFrom(), reader.valueTo()));
    }
    if (!rules.apply(map) || !map.containsKey("__name__")) {
      return null;
    }
    TreeMap<byte[], byte[]> sorted = new TreeMap<>(Arrays::compareUnsigned);
    map.forEach((name, value) -> sorted.put(name.getBytes(UTF_8), value.getBytes(UTF_8)));
    WireBuffer out = new WireBuffer(labels.size() - from + 64);
    sorted.forEach((name, value) -> LabelWriter.label(out, name, value, 0, value.length));
    return out.toByteArray(0, out.size());
  }
}
