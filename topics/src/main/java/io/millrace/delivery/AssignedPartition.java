package io.millrace.delivery;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the loop knows of one partition it owns: records polled and not yet past the gate, a lane
 * for each tenant, and the settled prefix. Loop thread only.
 */
final class AssignedPartition {

  /** About so many records make up the average of their sizes. */
  private static final int AVERAGED_RECORDS = 64;

  final TopicPartition id;
  final Settled settled = new Settled();

  private final BatchConfig batching;
  private final long end;
  private final ArrayDeque<ConsumerRecord<byte[], byte[]>> polled = new ArrayDeque<>();
  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private long heldBytes;
  private double bytesPerRecord;
  private long lastTimestamp = -1;
  private long committed = -1;
  private long position = -1;
  private boolean paused;
  private boolean gated;
  private boolean revoked;

  /**
   * @param end offset behind the last record that is delivered
   */
  AssignedPartition(TopicPartition id, BatchConfig batching, long end) {
    this.id = id;
    this.end = end;
    this.batching = batching;
  }

  void polled(List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      if (record.offset() < end) {
        polled.addLast(record);
        double bytes = Math.max(0, record.serializedValueSize());
        bytesPerRecord += bytesPerRecord == 0 ? bytes : (bytes - bytesPerRecord) / AVERAGED_RECORDS;
      }
    }
  }

  @Nullable ConsumerRecord<byte[], byte[]> next() {
    return polled.peekFirst();
  }

  void taken() {
    lastTimestamp = polled.removeFirst().timestamp();
  }

  void hold(Held held) {
    settled.add(held);
    heldBytes += held.bytes();
  }

  void settle(Part part) {
    part.held().settle(part.items());
    if (part.held().isSettled()) {
      settled.remove(part.held());
      heldBytes -= part.held().bytes();
    }
  }

  long heldBytes() {
    return heldBytes;
  }

  Lane lane(Held held) {
    return lanes.computeIfAbsent(held.tenant, tenant -> new Lane(batching));
  }

  Collection<Lane> lanes() {
    return lanes.values();
  }

  /** Forgets the lanes of tenants that have nothing on the way. */
  void dropIdleLanes() {
    lanes.values().removeIf(Lane::isIdle);
  }

  /**
   * Append time, ms since the epoch, of the oldest record without an outcome; -1 if none. While it
   * is too early to poll that one, of the one before it.
   */
  long oldestTimestamp() {
    long held = settled.oldestTimestamp();
    ConsumerRecord<byte[], byte[]> next = polled.peekFirst();
    return held >= 0 ? held : next != null ? next.timestamp() : gated ? lastTimestamp : -1;
  }

  /** True while records wait at the gate: then no more may be polled. */
  boolean hasPolled() {
    return !polled.isEmpty();
  }

  /** True while it is too early to poll what would wait at the gate. */
  boolean isGated() {
    return gated;
  }

  void gated(boolean now) {
    gated = now;
  }

  /**
   * Where the next poll reads on. Beyond the last record there may be the marks of a transaction,
   * which nobody settles.
   */
  void positioned(long next) {
    position = Math.min(next, end);
  }

  long position() {
    return position;
  }

  /** Offset of the oldest record that is not settled; where the next poll reads on if all are. */
  long nextOffset() {
    long held = settled.oldestOffset();
    ConsumerRecord<byte[], byte[]> next = polled.peekFirst();
    return held >= 0 ? held : next != null ? next.offset() : position;
  }

  /** Average size of the values last polled; 0 before the first. */
  double bytesPerRecord() {
    return bytesPerRecord;
  }

  /** True once all that is to be delivered was polled. */
  boolean isRead() {
    return position >= end;
  }

  /** The next offset to commit, if the settled prefix has grown since the last commit; else -1. */
  long uncommitted() {
    boolean isIdle = settled.isEmpty() && polled.isEmpty();
    long committable = isIdle ? Math.max(position, settled.committable()) : settled.committable();
    return committable > committed ? committable : -1;
  }

  void committed(long offset) {
    committed = offset;
  }

  /** A commit failed: what is settled is committed again. */
  void commitFailed() {
    committed = -1;
  }

  boolean isPaused() {
    return paused;
  }

  void paused(boolean now) {
    paused = now;
  }

  /** True once the partition is another's: answers that still come change nothing. */
  boolean isRevoked() {
    return revoked;
  }

  void revoke() {
    revoked = true;
    polled.clear();
  }
}
