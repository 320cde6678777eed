package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A remote-write request as a receiver reads it, both versions: written from the .proto files, with
 * protobuf-java's reader, and with nothing of the sender's code.
 */
final class ReceivedRequest {

  record Sample(long millis, double value, long startMillis) {}

  record Exemplar(Map<String, String> labels, long millis, double value) {}

  record Metadata(int type, String family, String help, String unit) {}

  static final class Series {
    /** In the order of the request. */
    final Map<String, String> labels = new LinkedHashMap<>();

    final List<Sample> samples = new ArrayList<>();
    final List<ReceivedHistogram> histograms = new ArrayList<>();
    final List<Exemplar> exemplars = new ArrayList<>();
    Metadata metadata = new Metadata(0, "", "", "");
  }

  final List<Series> series = new ArrayList<>();
  final List<Metadata> metadata = new ArrayList<>();
  final List<String> symbols = new ArrayList<>();

  static ReceivedRequest v1(byte[] bytes) throws IOException {
    ReceivedRequest request = new ReceivedRequest();
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          if (field == 1) {
            request.series.add(seriesV1(in.readByteBuffer().array()));
          } else {
            request.metadata.add(metadataV1(in.readByteArray()));
          }
        });
    return request;
  }

  static ReceivedRequest v2(byte[] bytes) throws IOException {
    ReceivedRequest request = new ReceivedRequest();
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          if (field == 4) {
            request.symbols.add(in.readStringRequireUtf8());
          } else {
            request.series.add(request.seriesV2(in.readByteArray()));
          }
        });
    return request;
  }

  /** All of it as text. */
  SeriesText text(long baseMillis) {
    SeriesText text = new SeriesText(baseMillis);
    for (Series one : series) {
      one.samples.forEach(sample -> text.sample(one.labels, sample.millis, sample.value));
      one.histograms.forEach(histogram -> histogram.addTo(text, one.labels));
    }
    for (Series one : series) {
      one.exemplars.forEach(e -> text.exemplar(one.labels, e.millis, e.value, e.labels));
    }
    return text;
  }

  private static Series seriesV1(byte[] bytes) throws IOException {
    Series series = new Series();
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          switch (field) {
            case 1 -> labelV1(in.readByteArray(), series.labels);
            case 2 -> series.samples.add(sample(in.readByteArray()));
            case 3 -> series.exemplars.add(exemplarV1(in.readByteArray()));
            default -> series.histograms.add(ReceivedHistogram.read(in.readByteArray()));
          }
        });
    return series;
  }

  private Series seriesV2(byte[] bytes) throws IOException {
    Series series = new Series();
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          switch (field) {
            case 1 -> references(in.readByteArray(), series.labels);
            case 2 -> series.samples.add(sample(in.readByteArray()));
            case 3 -> series.histograms.add(ReceivedHistogram.read(in.readByteArray()));
            case 4 -> series.exemplars.add(exemplarV2(in.readByteArray()));
            default -> series.metadata = metadataV2(in.readByteArray());
          }
        });
    return series;
  }

  private void references(byte[] packed, Map<String, String> labels) throws IOException {
    CodedInputStream in = CodedInputStream.newInstance(packed);
    while (!in.isAtEnd()) {
      putOnce(labels, symbols.get(in.readUInt32()), symbols.get(in.readUInt32()));
    }
  }

  private static void putOnce(Map<String, String> labels, String name, String value) {
    if (labels.put(name, value) != null) {
      throw new AssertionError("label twice: " + name);
    }
  }

  private static void labelV1(byte[] bytes, Map<String, String> labels) throws IOException {
    String[] label = {"", ""};
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> label[field - 1] = in.readStringRequireUtf8());
    putOnce(labels, label[0], label[1]);
  }

  private static Sample sample(byte[] bytes) throws IOException {
    double[] value = new double[1];
    long[] times = new long[2];
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          if (field == 1) {
            value[0] = in.readDouble();
          } else {
            times[field - 2] = in.readInt64();
          }
        });
    return new Sample(times[0], value[0], times[1]);
  }

  private static Exemplar exemplarV1(byte[] bytes) throws IOException {
    Map<String, String> labels = new LinkedHashMap<>();
    double[] value = new double[1];
    long[] millis = new long[1];
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          switch (field) {
            case 1 -> labelV1(in.readByteArray(), labels);
            case 2 -> value[0] = in.readDouble();
            default -> millis[0] = in.readInt64();
          }
        });
    return new Exemplar(labels, millis[0], value[0]);
  }

  private Exemplar exemplarV2(byte[] bytes) throws IOException {
    Map<String, String> labels = new LinkedHashMap<>();
    double[] value = new double[1];
    long[] millis = new long[1];
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          switch (field) {
            case 1 -> references(in.readByteArray(), labels);
            case 2 -> value[0] = in.readDouble();
            default -> millis[0] = in.readInt64();
          }
        });
    return new Exemplar(labels, millis[0], value[0]);
  }

  private static Metadata metadataV1(byte[] bytes) throws IOException {
    int[] type = new int[1];
    String[] texts = {"", "", "", "", "", ""};
    forEachField(
        CodedInputStream.newInstance(bytes),
        (field, in) -> {
          if (field == 1) {
            type[0] = in.readEnum();
          } else {
            texts[field] = new String(in.readByteArray(), UTF_8);
          }
        });
    return new Metadata(type[0], texts[2], texts[4], texts[5]);
  }

  private Metadata metadataV2(byte[] bytes) throws IOException {
    int[] fields = new int[5];
    forEachField(
        CodedInputStream.newInstance(bytes), (field, in) -> fields[field] = in.readUInt32());
    return new Metadata(fields[1], "", symbols.get(fields[3]), symbols.get(fields[4]));
  }

  /** What is done with the field whose tag was just read. */
  interface Field {
    void read(int number, CodedInputStream in) throws IOException;
  }

  static void forEachField(CodedInputStream in, Field action) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      action.read(WireFormat.getTagFieldNumber(tag), in);
    }
  }
}
