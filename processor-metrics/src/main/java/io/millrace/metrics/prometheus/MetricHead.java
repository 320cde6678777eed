package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;

/** What a Metric message says before its data points: the register that is filled for each. */
final class MetricHead {

  /** Field numbers of the members of {@code data}; 0 if there is none. */
  static final int GAUGE = 5;

  static final int SUM = 7;
  static final int HISTOGRAM = 9;
  static final int EXPONENTIAL_HISTOGRAM = 10;
  static final int SUMMARY = 11;

  private static final int NAME = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int DESCRIPTION = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int UNIT = WireReader.tag(3, WireReader.LENGTH_DELIMITED);
  private static final int TEMPORALITY = WireReader.tag(2, WireReader.VARINT);
  private static final int MONOTONIC = WireReader.tag(3, WireReader.VARINT);

  static final int DELTA = 1;
  static final int CUMULATIVE = 2;

  byte[] source = {};
  int nameFrom;
  int nameTo;
  int unitFrom;
  int unitTo;
  int helpFrom;
  int helpTo;

  /** Field number of its data. */
  int data;

  int temporality;
  boolean monotonic;

  /** Reads the fields of a Metric, the data's own ones included. */
  void read(byte[] bytes, WireReader metric, WireReader dataReader) throws MalformedOtlp {
    source = bytes;
    nameFrom = nameTo = unitFrom = unitTo = helpFrom = helpTo = 0;
    data = 0;
    temporality = 0;
    monotonic = false;
    while (metric.next()) {
      int tag = metric.tag();
      if (tag == NAME) {
        nameFrom = metric.from();
        nameTo = metric.end();
      } else if (tag == DESCRIPTION) {
        helpFrom = metric.from();
        helpTo = metric.end();
      } else if (tag == UNIT) {
        unitFrom = metric.from();
        unitTo = metric.end();
      } else if (isData(metric)) {
        readData(metric, dataReader);
      }
    }
  }

  /** The last member of the oneof wins; the same one twice is merged. */
  private void readData(WireReader metric, WireReader reader) throws MalformedOtlp {
    if (data != metric.field()) {
      data = metric.field();
      temporality = 0;
      monotonic = false;
    }
    if (data == GAUGE || data == SUMMARY) {
      return;
    }
    reader.over(source, metric.from(), metric.end());
    while (reader.next()) {
      if (reader.tag() == TEMPORALITY) {
        temporality = (int) reader.value();
      } else if (reader.tag() == MONOTONIC && data == SUM) {
        monotonic = reader.value() != 0;
      }
    }
  }

  private static boolean isData(WireReader metric) {
    int field = metric.field();
    return metric.isLengthDelimited()
        && (field == GAUGE
            || field == SUM
            || field == HISTOGRAM
            || field == EXPONENTIAL_HISTOGRAM
            || field == SUMMARY);
  }

  boolean hasTemporality() {
    return data == SUM || data == HISTOGRAM || data == EXPONENTIAL_HISTOGRAM;
  }

  MetricKind kind() {
    return switch (data) {
      case SUM -> monotonic ? MetricKind.COUNTER : MetricKind.UP_DOWN_COUNTER;
      case HISTOGRAM -> MetricKind.HISTOGRAM;
      case EXPONENTIAL_HISTOGRAM -> MetricKind.EXPONENTIAL_HISTOGRAM;
      case SUMMARY -> MetricKind.SUMMARY;
      default -> MetricKind.GAUGE;
    };
  }
}
