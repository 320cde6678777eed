package io.millrace.metrics.prometheus;

import java.util.List;

/** {@code prometheus.WriteRequest}, of remote write 1.0. */
final class WriteRequestV1 implements WriteRequest {

  @Override
  public String contentType() {
    return "application/x-protobuf";
  }

  @Override
  public String version() {
    return "0.1.0";
  }

  @Override
  public void write(
      SeriesTable table, Conversion conversion, List<Family> families, WireBuffer out) {
    byte[] labels = table.labels().bytes();
    for (int series = 0; series < table.size(); series++) {
      out.tag(1, 2);
      int from = out.size();
      out.raw(labels, table.labelsFrom(series), table.labelsTo(series));
      if (table.isHistogram(series)) {
        writeExemplars(table, series, out);
        writeHistograms(table, series, out);
      } else {
        writeSamples(table, series, out);
        writeExemplars(table, series, out);
      }
      out.frame(from);
    }
    families.forEach(family -> writeMetadata(family, out));
  }

  private static void writeSamples(SeriesTable table, int series, WireBuffer out) {
    SeriesTable.Samples samples = table.samples;
    for (int i = table.firstSample(series); i >= 0; i = samples.next(i)) {
      long millis = samples.millis(i);
      out.tag(2, 2);
      out.put((byte) (10 + WireBuffer.varintLength(millis)));
      out.tag(1, 1);
      out.fixed64(samples.bits(i));
      out.tag(2, 0);
      out.varint(millis);
    }
  }

  private static void writeHistograms(SeriesTable table, int series, WireBuffer out) {
    SeriesTable.Samples samples = table.samples;
    for (int i = table.firstSample(series); i >= 0; i = samples.next(i)) {
      long range = samples.bits(i);
      out.tag(4, 2);
      out.varint(SeriesTable.rangeTo(range) - SeriesTable.rangeFrom(range));
      out.raw(table.histograms.bytes(), SeriesTable.rangeFrom(range), SeriesTable.rangeTo(range));
    }
  }

  private static void writeExemplars(SeriesTable table, int series, WireBuffer out) {
    SeriesTable.Samples exemplars = table.exemplars;
    for (int i = table.firstExemplar(series); i >= 0; i = exemplars.next(i)) {
      long range = exemplars.extra(i);
      out.tag(3, 2);
      int from = out.size();
      out.raw(
          table.exemplarLabels.bytes(), SeriesTable.rangeFrom(range), SeriesTable.rangeTo(range));
      out.tag(2, 1);
      out.fixed64(exemplars.bits(i));
      out.tag(3, 0);
      out.varint(exemplars.millis(i));
      out.frame(from);
    }
  }

  private static void writeMetadata(Family family, WireBuffer out) {
    out.tag(3, 2);
    int from = out.size();
    out.tag(1, 0);
    out.varint(family.metadataType);
    field(2, family.name, 0, family.name.length, out);
    field(4, family.help(), family.helpFrom(), family.helpTo(), out);
    field(5, family.unit, 0, family.unit.length, out);
    out.frame(from);
  }

  private static void field(int field, byte[] text, int from, int to, WireBuffer out) {
    if (from < to) {
      out.tag(field, 2);
      out.varint(to - from);
      out.raw(text, from, to);
    }
  }
}
