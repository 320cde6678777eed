package io.millrace.metrics.prometheus;

import java.util.Arrays;
import java.util.List;

/**
 * {@code io.prometheus.write.v2.Request}, of remote write 2.0: every text once, in a table of
 * symbols, and metadata with each series.
 */
final class WriteRequestV2 implements WriteRequest {

  private static final byte[] NOTHING = {};

  private final RangeTable symbols = new RangeTable();

  /** Labels met, and the symbols of their names and values: most come again and again. */
  private final RangeTable labelsMet = new RangeTable();

  /** Where the labels of the series before lie, and their numbers: a series differs in few. */
  private int[] lastFroms = new int[64];

  private int[] lastTos = new int[64];
  private int[] lastNumbers = new int[64];
  private int lastCount;

  private int[] nameSymbols = new int[128];
  private int[] valueSymbols = new int[128];
  private final WireBuffer timeSeries = new WireBuffer(1 << 16);

  @Override
  public String contentType() {
    return "application/x-protobuf;proto=io.prometheus.write.v2.Request";
  }

  @Override
  public String version() {
    return "2.0.0";
  }

  @Override
  public void write(
      SeriesTable table, Conversion conversion, List<Family> families, WireBuffer out) {
    symbols.clear();
    labelsMet.clear();
    lastCount = 0;
    timeSeries.clear();
    symbol(NOTHING, 0, 0);
    for (int series = 0; series < table.size(); series++) {
      writeSeries(table, series, conversion.family(table.family(series)));
    }
    // Receivers read the message in one go: symbols must stand before what refers to them.
    for (int i = 0; i < symbols.size(); i++) {
      out.tag(4, 2);
      out.varint(symbols.to(i) - symbols.from(i));
      out.raw(symbols.source(i), symbols.from(i), symbols.to(i));
    }
    out.raw(timeSeries.bytes(), 0, timeSeries.size());
  }

  private int symbol(byte[] text, int from, int to) {
    int number = symbols.number(0, text, from, to);
    return number < 0 ? -1 - number : number;
  }

  private void writeSeries(SeriesTable table, int series, Family family) {
    WireBuffer out = timeSeries;
    out.tag(5, 2);
    int from = out.size();
    writeLabels(table.labels().bytes(), table.labelsFrom(series), table.labelsTo(series));
    writeSamples(table, series);
    writeExemplars(table, series);
    writeMetadata(family);
    out.frame(from);
  }

  /** From Label messages of 1.0 to references. */
  private void writeLabels(byte[] labels, int from, int to) {
    WireBuffer out = timeSeries;
    out.tag(1, 2);
    int start = out.size();
    LabelReader reader = new LabelReader(labels, from, to);
    int i = 0;
    for (; reader.next(); i++) {
      int label = isAsBefore(labels, reader, i) ? lastNumbers[i] : label(labels, reader);
      remember(i, label, reader);
      out.varint(nameSymbols[label]);
      out.varint(valueSymbols[label]);
    }
    lastCount = i;
    out.frame(start);
  }

  private boolean isAsBefore(byte[] labels, LabelReader reader, int i) {
    return i < lastCount
        && Arrays.equals(labels, lastFroms[i], lastTos[i], labels, reader.from(), reader.valueTo());
  }

  private void remember(int i, int label, LabelReader reader) {
    if (i == lastFroms.length) {
      lastFroms = Arrays.copyOf(lastFroms, i * 2);
      lastTos = Arrays.copyOf(lastTos, i * 2);
      lastNumbers = Arrays.copyOf(lastNumbers, i * 2);
    }
    lastFroms[i] = reader.from();
    lastTos[i] = reader.valueTo();
    lastNumbers[i] = label;
  }

  private int label(byte[] labels, LabelReader reader) {
    int number = labelsMet.number(0, labels, reader.from(), reader.valueTo());
    if (number >= 0) {
      return number;
    }
    int added = -1 - number;
    if (added == nameSymbols.length) {
      nameSymbols = Arrays.copyOf(nameSymbols, added * 2);
      valueSymbols = Arrays.copyOf(valueSymbols, added * 2);
    }
    nameSymbols[added] = symbol(labels, reader.nameFrom(), reader.nameTo());
    valueSymbols[added] = symbol(labels, reader.valueFrom(), reader.valueTo());
    return added;
  }

  private void writeSamples(SeriesTable table, int series) {
    SeriesTable.Samples samples = table.samples;
    boolean histogram = table.isHistogram(series);
    for (int i = table.firstSample(series); i >= 0; i = samples.next(i)) {
      timeSeries.tag(histogram ? 3 : 2, 2);
      int from = timeSeries.size();
      if (histogram) {
        writeHistogram(table, samples.bits(i), samples.extra(i));
      } else {
        timeSeries.tag(1, 1);
        timeSeries.fixed64(samples.bits(i));
        timeSeries.tag(2, 0);
        timeSeries.varint(samples.millis(i));
        if (samples.extra(i) != 0) {
          timeSeries.tag(3, 0);
          timeSeries.varint(samples.extra(i));
        }
      }
      timeSeries.frame(from);
    }
  }

  private void writeHistogram(SeriesTable table, long range, long startMillis) {
    timeSeries.raw(
        table.histograms.bytes(), SeriesTable.rangeFrom(range), SeriesTable.rangeTo(range));
    if (startMillis != 0) {
      timeSeries.varint(17 << 3);
      timeSeries.varint(startMillis);
    }
  }

  private void writeExemplarLabels(byte[] labels, int from, int to) {
    if (from == to) {
      return;
    }
    timeSeries.tag(1, 2);
    int start = timeSeries.size();
    LabelReader reader = new LabelReader(labels, from, to);
    while (reader.next()) {
      int label = label(labels, reader);
      timeSeries.varint(nameSymbols[label]);
      timeSeries.varint(valueSymbols[label]);
    }
    timeSeries.frame(start);
  }

  private void writeExemplars(SeriesTable table, int series) {
    SeriesTable.Samples exemplars = table.exemplars;
    for (int i = table.firstExemplar(series); i >= 0; i = exemplars.next(i)) {
      long range = exemplars.extra(i);
      timeSeries.tag(4, 2);
      int from = timeSeries.size();
      writeExemplarLabels(
          table.exemplarLabels.bytes(), SeriesTable.rangeFrom(range), SeriesTable.rangeTo(range));
      timeSeries.tag(2, 1);
      timeSeries.fixed64(exemplars.bits(i));
      timeSeries.tag(3, 0);
      timeSeries.varint(exemplars.millis(i));
      timeSeries.frame(from);
    }
  }

  private void writeMetadata(Family family) {
    timeSeries.tag(5, 2);
    int from = timeSeries.size();
    timeSeries.tag(1, 0);
    timeSeries.varint(family.metadataType);
    reference(3, symbol(family.help(), family.helpFrom(), family.helpTo()));
    reference(4, symbol(family.unit, 0, family.unit.length));
    timeSeries.frame(from);
  }

  private void reference(int field, int symbol) {
    if (symbol != 0) {
      timeSeries.tag(field, 0);
      timeSeries.varint(symbol);
    }
  }
}
