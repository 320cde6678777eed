package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import org.jspecify.annotations.Nullable;

/**
 * Turns a request of delta points into one of cumulative points. Walks it from the request down to
 * the point and writes as it goes; what contains no point in the end is left out.
 */
final class Accumulator {

  private static final int DELTA = 1;
  private static final int TEMPORALITY_TAG = WireReader.tag(2, WireReader.VARINT);
  private static final int MONOTONIC_TAG = WireReader.tag(3, WireReader.VARINT);
  private static final int POINT_TAG = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int GAUGE_TAG = WireReader.tag(5, WireReader.LENGTH_DELIMITED);
  private static final int SUMMARY_TAG = WireReader.tag(11, WireReader.LENGTH_DELIMITED);
  private static final byte[] NOTHING = {};

  private final SeriesSums series;
  private final DeltaMeters meters;
  private final Sums sums = new Sums();
  private final Identity identity = new Identity();
  private final Envelope request = new Envelope(0, 1);
  private final Envelope resource = new Envelope(1, 2);
  private final Envelope scope = new Envelope(2, 2);
  private final WireReader metricReader = new WireReader(NOTHING, 3);
  private final WireWriter metric = new WireWriter(256);
  private final WireReader data = new WireReader(NOTHING, 4);
  private final WireWriter out = new WireWriter(1 << 16);

  private String tenant = "";
  private long appended;
  private Hash128 head = new Hash128();
  private @Nullable MetricType type;
  private boolean monotonic;
  private boolean isDelta;
  private int summed;

  Accumulator(SeriesSums series, DeltaMeters meters) {
    this.series = series;
    this.meters = meters;
  }

  /**
   * @param ofTenant whose points they are
   * @param appendedMillis append time of the record
   * @return the request of cumulative points; empty if there are none
   * @throws MalformedOtlp if the request cannot be walked; what was summed before that stays so
   */
  byte[] apply(String ofTenant, byte[] source, long appendedMillis) throws MalformedOtlp {
    tenant = ofTenant;
    appended = appendedMillis;
    identity.tenant(ofTenant);
    out.truncate(0);
    summed = 0;
    request.walk(source, 0, source.length);
    while (request.nextChild()) {
      addResource(source, request.childFrom(), request.childTo());
    }
    return out.toByteArray();
  }

  /** Points that the last request had. */
  int summed() {
    return summed;
  }

  private void addResource(byte[] source, int from, int to) throws MalformedOtlp {
    resource.read(source, from, to);
    identity.resource(resource.fields());
    int before = out.size();
    int begin = resource.begin(out, 1);
    int points = summed;
    resource.walk(source, from, to);
    while (resource.nextChild()) {
      addScope(source, resource.childFrom(), resource.childTo());
    }
    end(begin, before, points);
  }

  private void addScope(byte[] source, int from, int to) throws MalformedOtlp {
    scope.read(source, from, to);
    identity.scope(scope.fields());
    int before = out.size();
    int begin = scope.begin(out, 2);
    int points = summed;
    scope.walk(source, from, to);
    while (scope.nextChild()) {
      addMetric(source, scope.childFrom(), scope.childTo());
    }
    end(begin, before, points);
  }

  /** A container without points goes again. */
  private void end(int begin, int before, int points) {
    if (summed == points) {
      out.truncate(before);
    } else {
      out.end(begin);
    }
  }

  private void addMetric(byte[] source, int from, int to) throws MalformedOtlp {
    readMetric(source, from, to);
    MetricType current = type;
    if (current == null) {
      return;
    }
    head = identity.metric(metric, current, monotonic);
    sums.numbers.monotonic(monotonic);
    int before = out.size();
    out.tag(2, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.copy(metric.bytes(), 0, metric.size());
    out.tag(current.field(), WireReader.LENGTH_DELIMITED);
    int beginData = out.begin();
    Head.writeTemporality(out, monotonic);
    int points = summed;
    metricReader.over(source, from, to);
    while (metricReader.next()) {
      if (metricReader.field() == current.field() && metricReader.isLengthDelimited()) {
        addPoints(source, metricReader.from(), metricReader.end(), sums.of(current));
      }
    }
    if (summed > points) {
      out.end(beginData);
    }
    end(begin, before, points);
  }

  /** Of the members of a oneof the last one counts. */
  private void readMetric(byte[] source, int from, int to) throws MalformedOtlp {
    type = null;
    monotonic = false;
    isDelta = false;
    metric.truncate(0);
    metricReader.over(source, from, to);
    while (metricReader.next()) {
      MetricType found = MetricType.of(metricReader.field());
      if (found != null && metricReader.isLengthDelimited()) {
        type = found;
        readData(source, metricReader.from(), metricReader.end());
      } else if (metricReader.tag() == GAUGE_TAG || metricReader.tag() == SUMMARY_TAG) {
        dropOthers(source, metricReader.from(), metricReader.end());
      } else {
        metric.copy(source, metricReader.start(), metricReader.end());
      }
    }
  }

  /** Gauges and summaries have no temporality and no place on this topic. */
  private void dropOthers(byte[] source, int from, int to) throws MalformedOtlp {
    data.over(source, from, to);
    while (data.next()) {
      if (data.tag() == POINT_TAG) {
        meters.dropped(Drop.NOT_DELTA, 1);
      }
    }
  }

  private void readData(byte[] source, int from, int to) throws MalformedOtlp {
    data.over(source, from, to);
    while (data.next()) {
      if (data.tag() == TEMPORALITY_TAG) {
        isDelta = data.value() == DELTA;
      } else if (data.tag() == MONOTONIC_TAG && type == MetricType.SUM) {
        monotonic = data.value() != 0;
      }
    }
  }

  private void addPoints(byte[] source, int from, int to, PointSum point) throws MalformedOtlp {
    data.over(source, from, to);
    while (data.next()) {
      if (data.tag() == POINT_TAG) {
        addPoint(source, data.from(), data.end(), point);
      }
    }
  }

  private void addPoint(byte[] source, int from, int to, PointSum point) {
    int before = out.size();
    Drop drop = Drop.NOT_DELTA;
    out.tag(1, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    if (isDelta) {
      try {
        point.read(source, from, to);
        drop = series.apply(point, tenant, head, this::describe, appended, out);
      } catch (MalformedOtlp e) {
        drop = Drop.MALFORMED;
      }
    }
    if (drop != null) {
      out.truncate(before);
      meters.dropped(drop, 1);
    } else {
      out.end(begin);
      summed++;
    }
  }

  private Head describe() {
    MetricType current = type;
    if (current == null) {
      throw new IllegalStateException("a point without a metric");
    }
    return new Head(
        tenant,
        current,
        monotonic,
        resource.toByteArray(),
        scope.toByteArray(),
        metric.toByteArray());
  }
}
