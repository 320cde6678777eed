package io.millrace.metrics.prometheus;

import java.util.Arrays;

/**
 * The series of one remote-write request, each once, with its samples in time order. Sized by the
 * largest request so far and used again.
 *
 * <p>Labels are kept as remote write 1.0 has them, one Label message after the other, sorted by
 * name; a native histogram as the fields of its message; exemplars likewise.
 */
final class SeriesTable {

  private static final int NONE = -1;

  private final WireBuffer labels = new WireBuffer(1 << 16);
  private final RangeTable blocks = new RangeTable();
  private byte[] labelBytes = labels.bytes();

  private int[] families = new int[128];
  private int[] firstSamples = new int[128];
  private int[] lastSamples = new int[128];
  private int[] firstExemplars = new int[128];
  private int[] lastExemplars = new int[128];

  final Samples samples = new Samples();
  final Samples exemplars = new Samples();

  /** Fields of native histograms, to which samples refer. */
  final WireBuffer histograms = new WireBuffer(1 << 10);

  /** Labels of exemplars. */
  final WireBuffer exemplarLabels = new WireBuffer(1 << 10);

  void clear() {
    labels.clear();
    blocks.clear();
    samples.clear();
    exemplars.clear();
    histograms.clear();
    exemplarLabels.clear();
  }

  int size() {
    return blocks.size();
  }

  /** Native histograms included. */
  int sampleCount() {
    return samples.size;
  }

  int histogramCount() {
    int count = 0;
    for (int series = 0; series < size() && histograms.size() > 0; series++) {
      for (int i = isHistogram(series) ? firstSamples[series] : NONE; i >= 0; i = samples.next(i)) {
        count++;
      }
    }
    return count;
  }

  int exemplarCount() {
    return exemplars.size;
  }

  /** Bytes held, near enough to those of the request. */
  long bytes() {
    return labels.size() + histograms.size() + exemplarLabels.size() + 20L * samples.size;
  }

  /** Where the next series' labels are written, from its size on. */
  WireBuffer labels() {
    return labels;
  }

  /**
   * The series whose labels were just written.
   *
   * @param from where they begin in {@link #labels}
   * @param family number of its metric family
   * @param isHistogram whether its samples are native histograms: the same labels with floats are a
   *     series of their own
   */
  int series(int from, int family, boolean isHistogram) {
    byte[] bytes = labels.bytes();
    if (bytes != labelBytes) {
      labelBytes = bytes;
      blocks.moved(bytes);
    }
    int number = blocks.number(isHistogram ? 1 : 0, bytes, from, labels.size());
    if (number >= 0) {
      labels.truncate(from);
      return number;
    }
    int series = -1 - number;
    if (series == families.length) {
      grow();
    }
    families[series] = family;
    firstSamples[series] = NONE;
    firstExemplars[series] = NONE;
    return series;
  }

  /** Adds a sample, unless the series has the very same one already. */
  void sample(int series, long millis, long startMillis, long bits) {
    if (firstSamples[series] == NONE) {
      firstSamples[series] = samples.add(millis, startMillis, bits, NONE);
      lastSamples[series] = firstSamples[series];
    } else {
      lastSamples[series] =
          samples.insert(firstSamples, series, lastSamples[series], millis, startMillis, bits);
    }
  }

  /**
   * Adds an exemplar.
   *
   * @param range of its labels in {@link #exemplarLabels}, see {@link #range}
   */
  void exemplar(int series, long millis, long valueBits, long range) {
    if (firstExemplars[series] == NONE) {
      firstExemplars[series] = exemplars.add(millis, range, valueBits, NONE);
      lastExemplars[series] = firstExemplars[series];
    } else {
      lastExemplars[series] =
          exemplars.insert(firstExemplars, series, lastExemplars[series], millis, range, valueBits);
    }
  }

  /** From and to in one number. */
  static long range(int from, int to) {
    return (long) from << 32 | to;
  }

  static int rangeFrom(long range) {
    return (int) (range >>> 32);
  }

  static int rangeTo(long range) {
    return (int) range;
  }

  int labelsFrom(int series) {
    return blocks.from(series);
  }

  int labelsTo(int series) {
    return blocks.to(series);
  }

  int family(int series) {
    return families[series];
  }

  /** The first sample, or a negative number. */
  int firstSample(int series) {
    return firstSamples[series];
  }

  int firstExemplar(int series) {
    return firstExemplars[series];
  }

  /** Of the labels: the same in every batch. */
  long hash(int series) {
    return blocks.hash(series);
  }

  boolean isHistogram(int series) {
    return blocks.prefix(series) == 1;
  }

  private void grow() {
    int capacity = families.length * 2;
    families = Arrays.copyOf(families, capacity);
    firstSamples = Arrays.copyOf(firstSamples, capacity);
    lastSamples = Arrays.copyOf(lastSamples, capacity);
    firstExemplars = Arrays.copyOf(firstExemplars, capacity);
    lastExemplars = Arrays.copyOf(lastExemplars, capacity);
  }

  /** Chains of values by time; a chain belongs to a series. */
  static final class Samples {

    private int size;
    private long[] millis = new long[256];
    private long[] extras = new long[256];
    private long[] bits = new long[256];
    private int[] nexts = new int[256];

    private void clear() {
      size = 0;
    }

    private int add(long time, long extra, long value, int next) {
      if (size == millis.length) {
        int capacity = size * 2;
        millis = Arrays.copyOf(millis, capacity);
        extras = Arrays.copyOf(extras, capacity);
        bits = Arrays.copyOf(bits, capacity);
        nexts = Arrays.copyOf(nexts, capacity);
      }
      millis[size] = time;
      extras[size] = extra;
      bits[size] = value;
      nexts[size] = next;
      return size++;
    }

    /** Behind all that are not later; answers the last of the chain. */
    private int insert(int[] firsts, int series, int last, long time, long extra, long value) {
      if (time > millis[last] || (time == millis[last] && value != bits[last])) {
        int added = add(time, extra, value, NONE);
        nexts[last] = added;
        return added;
      }
      if (time == millis[last]) {
        return last;
      }
      int before = NONE;
      int at = firsts[series];
      while (millis[at] <= time) {
        if (millis[at] == time && bits[at] == value) {
          return last;
        }
        before = at;
        at = nexts[at];
      }
      int added = add(time, extra, value, at);
      if (before == NONE) {
        firsts[series] = added;
      } else {
        nexts[before] = added;
      }
      return last;
    }

    long millis(int sample) {
      return millis[sample];
    }

    /** Of a sample its start in milliseconds, or 0; of an exemplar the range of its labels. */
    long extra(int sample) {
      return extras[sample];
    }

    /** Of a double; or, of a native histogram, the range of its fields. */
    long bits(int sample) {
      return bits[sample];
    }

    /** The next in time, or a negative number. */
    int next(int sample) {
      return nexts[sample];
    }
  }
}
