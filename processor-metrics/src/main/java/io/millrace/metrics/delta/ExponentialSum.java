package io.millrace.metrics.delta;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import io.millrace.otlp.WireWriter;
import org.jspecify.annotations.Nullable;

/** Points of exponential histograms. */
final class ExponentialSum extends PointSum {

  private final ExponentialValue delta = new ExponentialValue();
  private final ExponentialValue sum = new ExponentialValue();

  ExponentialSum() {
    super(1, 10);
  }

  @Override
  void clear() {
    delta.clear();
  }

  @Override
  boolean take(byte[] source, WireReader field) throws MalformedOtlp {
    return delta.take(source, field);
  }

  @Override
  boolean isValid() {
    return delta.isValid();
  }

  @Override
  void load(StateReader state) {
    sum.load(state);
  }

  @Override
  @Nullable Reset add() {
    if (!sum.fits(delta)) {
      return Reset.OVERFLOW;
    }
    sum.add(delta);
    return null;
  }

  @Override
  void restart() {
    sum.set(delta);
  }

  @Override
  void save(WireWriter state) {
    sum.save(state);
  }

  @Override
  void writeValue(WireWriter out) {
    sum.write(out);
  }
}
