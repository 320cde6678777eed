package io.millrace.logs.loki;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The entries of one stream in one request: where they stand in a buffer, and their times. */
final class Stream {

  private final String labels;
  private long[] times = new long[16];
  private int[] slices = new int[32];
  private int size;
  private boolean sorted = true;

  /**
   * @param values by label; null where there is none
   */
  Stream(List<String> names, List<@Nullable String> values) {
    labels = text(names, values);
  }

  /** In the syntax of a selector, by name; a stream has one label at least. */
  private static String text(List<String> names, List<@Nullable String> values) {
    StringBuilder text = new StringBuilder();
    int[] byName =
        IntStream.range(0, names.size())
            .boxed()
            .sorted(Comparator.comparing(names::get))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int label : byName) {
      String value = values.get(label);
      if (value != null) {
        text.append(text.length() == 0 ? "" : ", ").append(names.get(label)).append("=\"");
        escape(value, text);
        text.append('"');
      }
    }
    return text.length() == 0
        ? "{service_name=\"" + PushRequest.UNKNOWN_SERVICE + "\"}"
        : "{" + text + "}";
  }

  private static void escape(String value, StringBuilder text) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '"', '\\' -> text.append('\\').append(c);
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f) {
            text.append("\\u%04x".formatted((int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
  }

  void add(long nanos, int from, int to) {
    if (size == times.length) {
      times = Arrays.copyOf(times, 2 * size);
      slices = Arrays.copyOf(slices, 4 * size);
    }
    sorted &= size == 0 || Long.compareUnsigned(times[size - 1], nanos) <= 0;
    times[size] = nanos;
    slices[2 * size] = from;
    slices[2 * size + 1] = to;
    size++;
  }

  /** Writes a StreamAdapter, its entries in the order of their times. */
  void write(byte[] entries, WireWriter out) {
    out.tag(1, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.bytesField(1, labels.getBytes(UTF_8));
    for (int entry : order()) {
      int from = slices[2 * entry];
      int to = slices[2 * entry + 1];
      out.tag(2, WireReader.LENGTH_DELIMITED);
      out.varint(to - from);
      out.copy(entries, from, to);
    }
    out.end(begin);
  }

  private int[] order() {
    IntStream all = IntStream.range(0, size);
    return sorted
        ? all.toArray()
        : all.boxed()
            .sorted((a, b) -> Long.compareUnsigned(times[a], times[b]))
            .mapToInt(Integer::intValue)
            .toArray();
  }
}
