package io.millrace.metrics.delta;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import java.util.Arrays;

/**
 * What all series of a metric of a resource and scope have in common: enough to write a request for
 * them when no delta is at hand. Fields are encoded as the last delta had them.
 *
 * @param resource the fields of ResourceMetrics without those of scopes
 * @param scope the fields of ScopeMetrics without those of metrics
 * @param metric the fields of Metric without its data
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Head(
    String tenant,
    MetricType type,
    boolean monotonic,
    byte[] resource,
    byte[] scope,
    byte[] metric) {

  private static final int CUMULATIVE = 2;

  byte[] encode() {
    byte[] name = tenant.getBytes(UTF_8);
    WireWriter out =
        new WireWriter(name.length + resource.length + scope.length + metric.length + 16);
    out.lengthDelimited(name);
    out.varint(type.field());
    out.varint(monotonic ? 1 : 0);
    out.lengthDelimited(resource);
    out.lengthDelimited(scope);
    out.lengthDelimited(metric);
    return out.toByteArray();
  }

  static Head decode(byte[] encoded) {
    StateReader in = new StateReader().over(encoded);
    String tenant = new String(part(in), UTF_8);
    MetricType type = MetricType.of((int) in.varint());
    if (type == null) {
      throw new IllegalStateException("a store of series holds what was never written to it");
    }
    return new Head(tenant, type, in.varint() == 1, part(in), part(in), part(in));
  }

  /** Only the tenant of an encoded one. */
  static String tenant(byte[] encoded) {
    return new String(part(new StateReader().over(encoded)), UTF_8);
  }

  private static byte[] part(StateReader in) {
    int length = (int) in.varint();
    int from = in.position();
    in.skip(length);
    return Arrays.copyOfRange(in.bytes(), from, from + length);
  }

  /** Begins a request of the head and cumulative points; {@link Open#close} ends it. */
  Open open(WireWriter out) {
    int[] begins = new int[4];
    begins[0] = begin(out, 1, resource);
    begins[1] = begin(out, 2, scope);
    begins[2] = begin(out, 2, metric);
    begins[3] = begin(out, type.field(), new byte[0]);
    writeTemporality(out, monotonic);
    return new Open(out, begins);
  }

  static void writeTemporality(WireWriter out, boolean monotonic) {
    out.tag(2, WireReader.VARINT);
    out.varint(CUMULATIVE);
    if (monotonic) {
      out.tag(3, WireReader.VARINT);
      out.varint(1);
    }
  }

  private static int begin(WireWriter out, int field, byte[] envelope) {
    out.tag(field, WireReader.LENGTH_DELIMITED);
    int begin = out.begin();
    out.copy(envelope, 0, envelope.length);
    return begin;
  }

  /** A request to which points may be added. */
  @SuppressWarnings("ArrayRecordComponent")
  record Open(WireWriter out, int[] begins) {

    void close() {
      for (int level = begins.length - 1; level >= 0; level--) {
        out.end(begins[level]);
      }
    }
  }
}
