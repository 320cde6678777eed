package io.millrace.metrics.delta;

import io.millrace.otlp.Hasher;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Split;
import io.millrace.otlp.Splitter;
import io.millrace.otlp.Splitters;
import io.millrace.topics.RecordHeaders;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;

/**
 * Gives a request to a topic: cut by the attributes of the resource, so that a series has one
 * partition, and by size. The key is the partition; it is not written.
 */
final class Outgoing {

  private final Splitter splitter = Splitters.metrics(Hasher.MURMUR2);
  private final int partitions;
  private final int maxValueBytes;
  private final DeltaMeters meters;

  Outgoing(int partitions, int maxValueBytes, DeltaMeters meters) {
    this.partitions = partitions;
    this.maxValueBytes = maxValueBytes;
    this.meters = meters;
  }

  /**
   * @param headers go with every part, but for the number of items
   * @return how many points were too large, and are dropped
   */
  int send(
      ProcessorContext<Integer, byte[]> context, byte[] request, Headers headers, long timestamp)
      throws MalformedOtlp {
    Split split = splitter.split(request, partitions, maxValueBytes);
    for (Split.Piece piece : split.pieces()) {
      Headers own = without(headers, RecordHeaders.ITEMS);
      RecordHeaders.put(own, RecordHeaders.ITEMS, Integer.toString(piece.items()));
      context.forward(new Record<>(piece.partition(), piece.value(), timestamp, own));
    }
    int tooLarge = split.refused().stream().mapToInt(Split.Refused::items).sum();
    meters.dropped(Drop.TOO_LARGE, tooLarge);
    return tooLarge;
  }

  private static Headers without(Headers headers, String name) {
    Headers rest = new org.apache.kafka.common.header.internals.RecordHeaders();
    for (Header header : headers) {
      if (!header.key().equalsIgnoreCase(name)) {
        rest.add(header);
      }
    }
    return rest;
  }
}
