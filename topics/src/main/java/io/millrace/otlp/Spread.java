package io.millrace.otlp;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * All items of a request to one partition, any. It is chosen by the bytes of the request, so that
 * the same request always gives the same records.
 */
final class Spread implements Partitioning {

  @Override
  public void assign(Outline outline, int partitions, int[] result, Refusals refusals) {
    Arrays.fill(result, partition(outline.request(), partitions));
  }

  static int partition(byte[] request, int partitions) {
    CRC32C checksum = new CRC32C();
    checksum.update(request, 0, request.length);
    return (int) (checksum.getValue() % partitions);
  }
}
