package io.millrace.traces;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.traces.policy.SpanCursor;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads ahead of the forwarder, with a consumer of its own, and shows every span to the decider of
 * its partition. Loop thread only; {@link #read} never blocks for long.
 */
final class DecidingReader implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DecidingReader.class);

  /**
   * Of one turn. A poll gives few records, so that they are looked at while they are in the cache.
   */
  private static final long MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final Consumer<byte[], ByteBuffer> consumer;
  private Settings settings;
  private Supplier<PolicyVerdicts> verdicts;
  private final SamplingMeters meters;
  private final Clock clock;
  private final SpanCursor cursor = new SpanCursor();
  private final SplitTraces traces = new SplitTraces();
  private final Map<TopicPartition, Partition> partitions = new LinkedHashMap<>();
  private int topicPartitions;

  /**
   * @param decider when episodes are decided and forgotten
   * @param memoryBytes for all partitions together
   * @param clockGrace how far the clock stays behind at the end of an idle partition
   */
  record Settings(PartitionDecider.Settings decider, long memoryBytes, Duration clockGrace) {}

  /** One partition: its decider, and what was polled and may not be read yet. */
  private static final class Partition {
    final PartitionDecider decider;
    final PolicyVerdicts verdicts;
    final ArrayDeque<ConsumerRecord<byte[], ByteBuffer>> polled = new ArrayDeque<>();

    /** Where the forwarder begins; -1 once the start of the look-back is found. */
    long beginning;

    /** Where the forwarder began. */
    final long forwardFrom;

    /** Whether it reads back, and since when, in nanoseconds of the timer. */
    boolean rebuilding;

    long rebuildingSince;

    /** When the partition was last seen to have nothing more, in milliseconds. */
    long emptyAt = Long.MIN_VALUE;

    /** When it was first seen so, after its last record. */
    long emptySince = Long.MIN_VALUE;

    boolean paused;

    Partition(PartitionDecider decider, PolicyVerdicts verdicts, long beginning) {
      this.decider = decider;
      this.verdicts = verdicts;
      this.beginning = beginning;
      this.forwardFrom = beginning;
      verdicts.countFrom(beginning);
    }
  }

  DecidingReader(
      Consumer<byte[], ByteBuffer> consumer,
      Settings settings,
      Supplier<PolicyVerdicts> verdicts,
      SamplingMeters meters,
      Clock clock) {
    this.consumer = consumer;
    this.settings = settings;
    this.verdicts = verdicts;
    this.meters = meters;
    this.clock = clock;
  }

  /**
   * Begins with partitions, a look-back before where the forwarder begins.
   *
   * @return their deciders
   */
  Map<TopicPartition, PartitionDecider> add(Map<TopicPartition, Long> positions) {
    Map<TopicPartition, PartitionDecider> added = new LinkedHashMap<>();
    positions.forEach(
        (id, position) -> {
          shareBudgets(id.topic());
          added.put(id, begin(id, position));
        });
    consumer.assign(List.copyOf(partitions.keySet()));
    positions.forEach(consumer::seek);
    shareMemory();
    return added;
  }

  private PartitionDecider begin(TopicPartition id, long position) {
    PolicyVerdicts own = verdicts.get();
    own.policies().share(1.0 / topicPartitions);
    PartitionDecider decider =
        new PartitionDecider(settings.decider(), own, meters, settings.memoryBytes());
    decider.forwarded(position - 1);
    partitions.put(id, new Partition(decider, own, position));
    return decider;
  }

  /**
   * Decides by other policies from now on: reads back as after an assignment, but what is decided
   * already stays so.
   *
   * @return the deciders that take the place of those before
   */
  Map<TopicPartition, PartitionDecider> change(
      PartitionDecider.Settings decider, Supplier<PolicyVerdicts> otherVerdicts) {
    settings = new Settings(decider, settings.memoryBytes(), settings.clockGrace());
    verdicts = otherVerdicts;
    Map<TopicPartition, PartitionDecider> changed = new LinkedHashMap<>();
    for (Map.Entry<TopicPartition, Partition> entry : List.copyOf(partitions.entrySet())) {
      TopicPartition id = entry.getKey();
      PartitionDecider before = entry.getValue().decider;
      long position = before.forwardedTo() + 1;
      PartitionDecider after = begin(id, position);
      after.succeed(before);
      changed.put(id, after);
      consumer.resume(List.of(id));
      consumer.seek(id, position);
      log.info(
          "policies-changed: {}: verdicts that fall after log time {} are by the new ones",
          id,
          Instant.ofEpochMilli(Math.max(0, before.decidedUntil())));
    }
    shareMemory();
    return changed;
  }

  /** Each partition owns an even share of a budget, so that it holds for the whole fleet. */
  private void shareBudgets(String topic) {
    int count = consumer.partitionsFor(topic).size();
    if (count == topicPartitions) {
      return;
    }
    if (topicPartitions > 0) {
      meters.partitionsChanged();
      log.warn(
          "partitions-changed: {} has {} partitions instead of {}: traces under way are split",
          topic,
          count,
          topicPartitions);
    }
    topicPartitions = count;
    partitions.values().forEach(other -> other.verdicts.policies().share(1.0 / count));
  }

  void remove(Collection<TopicPartition> ids) {
    if (partitions.keySet().removeAll(ids)) {
      consumer.assign(List.copyOf(partitions.keySet()));
      shareMemory();
    }
  }

  private void shareMemory() {
    long share = settings.memoryBytes() / Math.max(1, partitions.size());
    partitions.values().forEach(partition -> partition.decider.maxBytes(share));
  }

  /** Reads what there is, as far as the deciders may go, but not for so long that others wait. */
  void read() {
    if (partitions.isEmpty()) {
      return;
    }
    try {
      long begun = System.nanoTime();
      while (poll() && System.nanoTime() - begun < MAX_NANOS) {}
    } catch (KafkaException e) {
      log.warn("sampling-reader: {} (tries again)", e.getMessage());
    }
  }

  /**
   * @return whether there may be more to read at once
   */
  private boolean poll() {
    partitions.forEach(this::pauseWhileFull);
    var records = consumer.poll(Duration.ZERO);
    for (TopicPartition id : records.partitions()) {
      Partition partition = partitions.get(id);
      if (partition != null) {
        partition.polled.addAll(records.records(id));
      }
    }
    partitions.forEach(this::findBeginning);
    partitions.forEach(this::decide);
    return !records.isEmpty();
  }

  private void pauseWhileFull(TopicPartition id, Partition partition) {
    boolean wanted = !partition.polled.isEmpty();
    if (wanted != partition.paused) {
      if (wanted) {
        consumer.pause(List.of(id));
      } else {
        consumer.resume(List.of(id));
      }
      partition.paused = wanted;
    }
  }

  /**
   * The first record says what time it is where the forwarder begins; reading then begins anew a
   * look-back before that.
   */
  private void findBeginning(TopicPartition id, Partition partition) {
    ConsumerRecord<byte[], ByteBuffer> first = partition.polled.peekFirst();
    if (partition.beginning < 0 || first == null) {
      return;
    }
    long from = Math.max(0, first.timestamp() - settings.decider().lookBack());
    var found = consumer.offsetsForTimes(Map.of(id, from)).get(id);
    long start = found == null ? first.offset() : Math.min(found.offset(), first.offset());
    consumer.seek(id, start);
    partition.polled.clear();
    partition.beginning = -1;
    partition.rebuilding = true;
    partition.rebuildingSince = System.nanoTime();
    log.info("{}: rebuilding from offset {}, forwarding from {}", id, start, first.offset());
  }

  private void decide(TopicPartition id, Partition partition) {
    if (partition.beginning >= 0) {
      return;
    }
    ConsumerRecord<byte[], ByteBuffer> record;
    while ((record = partition.polled.peekFirst()) != null
        && partition.decider.mayRead(record.timestamp())) {
      partition.polled.removeFirst();
      observe(record, partition);
      if (record.offset() >= partition.forwardFrom - 1) {
        rebuilt(id, partition);
      }
    }
    if (partition.polled.isEmpty()) {
      moveOnByClock(id, partition);
    }
  }

  private void rebuilt(TopicPartition id, Partition partition) {
    if (!partition.rebuilding) {
      return;
    }
    Duration taken = Duration.ofNanos(System.nanoTime() - partition.rebuildingSince);
    partition.rebuilding = false;
    meters.rebuilt(taken);
    log.info("{}: rebuilt {} traces in {} ms", id, partition.decider.traces(), taken.toMillis());
  }

  private void observe(ConsumerRecord<byte[], ByteBuffer> record, Partition partition) {
    PartitionDecider decider = partition.decider;
    partition.emptySince = Long.MIN_VALUE;
    decider.read(record.offset(), record.timestamp());
    if (Sampler.isRedriven(record)) {
      return;
    }
    ByteBuffer value = record.value() == null ? EMPTY : record.value();
    int from = value.arrayOffset() + value.position();
    try {
      cursor.over(value.array(), from, from + value.remaining());
      boolean plain = true;
      while (cursor.next()) {
        observeSpan(record, partition);
        plain &= cursor.startsWithTraceId();
      }
      if (plain) {
        decider.readWasPlain();
      }
    } catch (MalformedOtlp e) {
      meters.unreadable();
    } catch (RuntimeException e) {
      // A bug of ours: the record's traces are decided on what else there is of them, and go on.
      meters.unreadable();
      log.error(
          "sampling-failed: {}-{} offset {}",
          record.topic(),
          record.partition(),
          record.offset(),
          e);
    }
  }

  private void observeSpan(ConsumerRecord<byte[], ByteBuffer> record, Partition partition)
      throws MalformedOtlp {
    PartitionDecider decider = partition.decider;
    if (cursor.traceIdHi() == 0 && cursor.traceIdLo() == 0) {
      return; // belongs to no trace; the forwarder keeps it
    }
    if (traces.isSplit(cursor.traceIdHi(), cursor.traceIdLo(), record.partition())) {
      meters.split(record.topic());
    }
    int row = decider.observe(cursor.traceIdHi(), cursor.traceIdLo());
    if (row != Window.NONE) {
      Window window = decider.window();
      partition.verdicts.policies().observe(cursor, window.words(row), window.summary(row));
      if (partition.verdicts.policies().isRoot()) {
        decider.root(row);
      }
    }
  }

  /**
   * Nothing more to read: log time follows the clock, less the grace, and passes as fast as it if a
   * broker's clock is before ours. The time is that of the look before, since what this poll has
   * shown was so then at the earliest.
   */
  private void moveOnByClock(TopicPartition id, Partition partition) {
    if (consumer.currentLag(id).orElse(1) != 0) {
      partition.emptyAt = Long.MIN_VALUE;
      partition.emptySince = Long.MIN_VALUE;
      return;
    }
    long grace = settings.clockGrace().toMillis();
    if (partition.emptyAt != Long.MIN_VALUE) {
      partition.decider.idleUntil(partition.emptyAt - grace);
    }
    if (partition.emptySince != Long.MIN_VALUE) {
      partition.decider.idleFor(partition.emptyAt - partition.emptySince - grace);
    }
    partition.emptyAt = clock.millis();
    if (partition.emptySince == Long.MIN_VALUE) {
      partition.emptySince = partition.emptyAt;
    }
  }

  /** Tells how large the windows are and how far behind the clock their verdicts. */
  void measure() {
    long traces = 0;
    long bytes = 0;
    long lag = 0;
    long now = clock.millis();
    for (Partition partition : partitions.values()) {
      PartitionDecider decider = partition.decider;
      traces += decider.traces();
      bytes += decider.bytes();
      if (decider.decidedUntil() != Long.MIN_VALUE) {
        lag = Math.max(lag, now - decider.decidedUntil());
      }
    }
    meters.window(traces, bytes, lag);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
