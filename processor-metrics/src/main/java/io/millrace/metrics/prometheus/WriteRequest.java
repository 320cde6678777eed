package io.millrace.metrics.prometheus;

import java.util.List;

/** One version of remote write's request message. */
interface WriteRequest {

  /**
   * Writes the series of the table.
   *
   * @param families metadata to send with them, where the version has a place of its own for it
   */
  void write(SeriesTable table, Conversion conversion, List<Family> families, WireBuffer out);

  /** What the receiver must be told the body is. */
  String contentType();

  /** {@code X-Prometheus-Remote-Write-Version}. */
  String version();
}
