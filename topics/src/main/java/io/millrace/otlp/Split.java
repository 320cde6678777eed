package io.millrace.otlp;

import java.util.List;

/**
 * What became of one export request: {@code items of the request = items of pieces + items of
 * refused}.
 *
 * @param pieces the records to publish, none of them empty or larger than the limit given; pieces
 *     of one partition stand in request order
 * @param refused what cannot be stored, for the partial-success answer
 */
public record Split(List<Piece> pieces, List<Refused> refused) {

  /** One record value. {@code value} is a whole Export*ServiceRequest, owned by the receiver. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; copying it would cost the hot path
  public record Piece(int partition, byte[] value, int items) {}

  /**
   * Items refused for one reason.
   *
   * @param items how many, at least 1
   * @param reason closed set, for the metric label
   * @param message names the first of them: signal, service.name, span or metric name, size, limit
   */
  public record Refused(int items, Reason reason, String message) {}

  /** Why an item cannot be stored. */
  public enum Reason {
    TOO_LARGE,
    INVALID_TRACE_ID
  }
}
