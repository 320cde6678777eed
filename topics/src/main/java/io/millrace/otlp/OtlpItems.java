package io.millrace.otlp;

/** Counts items without decoding them. */
public final class OtlpItems {

  private OtlpItems() {}

  /**
   * Number of spans, data points or log records of an encoded Export*ServiceRequest, those a
   * splitter would refuse included.
   *
   * @throws MalformedOtlp if the request cannot be walked
   */
  public static int count(Signal signal, byte[] request) throws MalformedOtlp {
    return Outline.of(request, Levels.of(signal)).items();
  }
}
