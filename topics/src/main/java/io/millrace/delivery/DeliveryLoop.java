package io.millrace.delivery;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves records of one topic to one destination. {@link #turn} is the whole of it: an offset is
 * committed only after everything at or before it was delivered, sampled out, or stored as a dead
 * letter.
 *
 * <p>All methods but {@link #stop} run on the thread that calls {@link #run}; what destinations
 * answer from their own threads waits in a queue for it.
 */
final class DeliveryLoop {

  private static final Logger log = LoggerFactory.getLogger(DeliveryLoop.class);

  /** While requests are under way, how long a poll may keep their answers waiting. */
  private static final Duration ANSWER_WAIT = Duration.ofMillis(5);

  private static final Duration IDLE_WAIT = Duration.ofMillis(100);

  private final Signal signal;
  private final Consumer<byte[], byte[]> consumer;
  private final List<? extends Metric> connectionCounts;
  private final Stage stage;
  private final Destination destination;
  private final Extent extent;
  private final DeadLetters deadLetters;
  private final DeliveryConfig config;
  private final Ledger ledger;
  private final LoopStatus status;
  private final Ticker ticker;
  private final Backoff backoff;
  private final LogEnds logEnds;

  private final DeadLetterLog deadLetterLog;

  private final Map<TopicPartition, AssignedPartition> assigned = new LinkedHashMap<>();
  private final LinkedBlockingQueue<Runnable> answers = new LinkedBlockingQueue<>();
  private int requestsUnderWay;
  private int turns;
  private boolean destinationAway;
  private boolean saidOverLimit;
  private long committedAtNanos;
  private volatile boolean stopping;

  DeliveryLoop(
      Signal signal, DeliveryConfig config, Parts parts, Ledger ledger, LoopStatus status) {
    this.signal = signal;
    this.config = config;
    this.consumer = parts.consumer();
    this.connectionCounts =
        consumer.metrics().values().stream()
            .filter(metric -> metric.metricName().name().equals("connection-count"))
            .toList();
    this.stage = parts.stage();
    this.destination = parts.destination();
    this.extent = parts.extent();
    this.deadLetters = parts.deadLetters();
    this.backoff = parts.backoff();
    this.ticker = parts.ticker();
    this.deadLetterLog = new DeadLetterLog(ticker);
    this.logEnds = new LogEnds(consumer, ticker);
    this.ledger = ledger;
    this.status = status;
  }

  /** What the loop works with; the loop closes none of it. */
  record Parts(
      Consumer<byte[], byte[]> consumer,
      Stage stage,
      Destination destination,
      Extent extent,
      DeadLetters deadLetters,
      Backoff backoff,
      Ticker ticker) {}

  /**
   * Delivers until {@link #stop}, then drains and commits.
   *
   * @throws KafkaException if the consumer cannot go on; nothing unsettled was committed
   */
  void run(String topic) {
    consumer.subscribe(List.of(topic), new Rebalances());
    try {
      while (!stopping) {
        turn();
      }
    } finally {
      giveUp(List.copyOf(assigned.keySet()), stopping);
    }
  }

  /**
   * Makes {@link #run} return once it has drained. Any thread. Not by {@code Consumer.wakeup},
   * which would also break the last commit; a poll is short.
   */
  void stop() {
    stopping = true;
  }

  /** One turn. The order of these lines is the guarantee. */
  private void turn() {
    poll();
    takeAnswers();
    stage.turn();
    stage();
    send();
    commit();
    logEnds.ask(assigned.values());
    status.turned(assigned.values(), logEnds::of);
    status.connections(connections());
  }

  private long connections() {
    long count = 0;
    for (Metric metric : connectionCounts) {
      count += ((Number) metric.metricValue()).longValue();
    }
    return count;
  }

  private void poll() {
    for (AssignedPartition partition : assigned.values()) {
      boolean isOver = partition.isRead() || partition.hasPolled();
      partition.gated(!isOver && !stage.mayRead(partition.id, partition.position()));
      pause(partition, isOver || partition.isGated() || !hasRoom(partition));
    }
    try {
      var records = consumer.poll(pollTimeout());
      for (TopicPartition id : records.partitions()) {
        AssignedPartition partition = assigned.get(id);
        if (partition != null) {
          partition.polled(records.records(id));
        }
      }
      records.nextOffsets().forEach(this::positioned);
    } catch (NoOffsetForPartitionException e) {
      consumer.seekToBeginning(e.partitions());
    } catch (OffsetOutOfRangeException e) {
      e.offsetOutOfRangePartitions().forEach(this::skipExpired);
    }
  }

  private void positioned(TopicPartition id, OffsetAndMetadata next) {
    AssignedPartition partition = assigned.get(id);
    if (partition != null) {
      partition.positioned(next.offset());
    }
  }

  private void pause(AssignedPartition partition, boolean wanted) {
    if (wanted == partition.isPaused()) {
      return;
    }
    if (wanted) {
      consumer.pause(List.of(partition.id));
    } else {
      consumer.resume(List.of(partition.id));
    }
    partition.paused(wanted);
  }

  /** Retention removed records before they were delivered. What is left is read from its start. */
  private void skipExpired(TopicPartition id, long wanted) {
    long earliest = consumer.beginningOffsets(List.of(id)).getOrDefault(id, wanted);
    ledger.expired(Math.max(0, earliest - wanted));
    log.error(
        "records-expired: {} offset {} is not in the log any more (earliest: {}): {} records were"
            + " removed by retention before they were delivered",
        id,
        wanted,
        earliest,
        Math.max(0, earliest - wanted));
    consumer.seek(id, earliest);
    AssignedPartition partition = assigned.get(id);
    if (partition != null) {
      partition.positioned(earliest);
    }
  }

  private Duration pollTimeout() {
    long now = ticker.nanos();
    long nanos = (requestsUnderWay > 0 ? ANSWER_WAIT : IDLE_WAIT).toNanos();
    for (AssignedPartition partition : assigned.values()) {
      if (partition.hasPolled() || partition.isGated()) {
        nanos = Math.min(nanos, ANSWER_WAIT.toNanos());
      }
      for (Lane lane : partition.lanes()) {
        nanos = Math.min(nanos, Math.max(ANSWER_WAIT.toNanos() / 5, lane.nanosUntilDue(now)));
      }
    }
    return Duration.ofNanos(nanos);
  }

  private void takeAnswers() {
    Runnable answer;
    while ((answer = answers.poll()) != null) {
      answer.run();
    }
  }

  /** Gate, transform, batch: as far as each partition's share of the memory goes. */
  private void stage() {
    for (AssignedPartition partition : assigned.values()) {
      ConsumerRecord<byte[], byte[]> record;
      while ((record = partition.next()) != null && hasRoom(partition) && stage.mayPass(record)) {
        take(partition, record); // held before it is taken: whatever fails, it is not passed over
        partition.taken();
      }
    }
  }

  private boolean hasRoom(AssignedPartition partition) {
    return partition.heldBytes() < config.maxInFlightBytes() / Math.max(1, assigned.size());
  }

  private void take(AssignedPartition partition, ConsumerRecord<byte[], byte[]> record) {
    try {
      Staged staged = stage.apply(record);
      Held held = hold(partition, record, staged);
      if (staged.items() > 0 && !RecordHeaders.isTenant(held.tenant)) {
        String message =
            "header " + RecordHeaders.TENANT + " is not up to 150 printable characters";
        partition.lane(held).addDead(held, new Answer.Refused(DeadReason.MALFORMED, message));
      } else if (staged.items() > 0) {
        partition.lane(held).add(held, ticker.nanos());
      } else {
        settle(partition, Part.whole(held));
      }
    } catch (MalformedOtlp e) {
      takeDead(partition, record, new Answer.Refused(DeadReason.MALFORMED, e.getMessage()));
    } catch (RuntimeException e) {
      log.error("processing-failed: {}: {}", where(record), e.toString(), e);
      takeDead(partition, record, new Answer.Refused(DeadReason.PROCESSING_FAILED, e.toString()));
    }
  }

  /** A record that cannot be read counts the items its header claims, or else as one. */
  private void takeDead(
      AssignedPartition partition, ConsumerRecord<byte[], byte[]> record, Answer.Refused why) {
    int items =
        RecordHeaders.get(record.headers(), RecordHeaders.ITEMS)
            .filter(text -> text.matches("[1-9][0-9]{0,8}"))
            .map(Integer::parseInt)
            .orElse(1);
    Held held = hold(partition, record, new Staged(stage.letter(record), items, 0));
    partition.lane(held).addDead(held, why);
  }

  private Held hold(
      AssignedPartition partition, ConsumerRecord<byte[], byte[]> record, Staged staged) {
    Held held = new Held(record, staged);
    partition.hold(held);
    ledger.consumed(held, staged);
    return held;
  }

  private void settle(AssignedPartition partition, Part part) {
    partition.settle(part);
    ledger.settled(part);
  }

  /** Sends what is due, one shipment of each lane after the other, so that no lane starves. */
  private void send() {
    List<AssignedPartition> partitions = new ArrayList<>(assigned.values());
    if (partitions.isEmpty()) {
      return;
    }
    Collections.rotate(partitions, turns++ % partitions.size());
    boolean sent = true;
    while (sent) {
      sent = false;
      for (AssignedPartition partition : partitions) {
        for (Lane lane : partition.lanes()) {
          sent |= sendOne(partition, lane);
        }
      }
    }
    partitions.forEach(AssignedPartition::dropIdleLanes);
  }

  private boolean sendOne(AssignedPartition partition, Lane lane) {
    if (requestsUnderWay >= config.maxRequestsInFlight()) {
      return false;
    }
    Shipment shipment = lane.takeDue(ticker.nanos(), destination.maxRequestsPerLane());
    if (shipment == null) {
      return false;
    }
    requestsUnderWay++;
    var unused =
        ship(shipment)
            .exceptionally(failure -> new Answer.Busy(Duration.ZERO, failure.toString()))
            .thenAccept(answer -> answers.add(() -> answered(partition, lane, shipment, answer)));
    return true;
  }

  private CompletableFuture<Answer> ship(Shipment shipment) {
    try {
      Answer.Refused dead = shipment.dead;
      if (dead != null) {
        return deadLetters.send(signal, shipment.parts.get(0), dead, shipment.attempts());
      }
      shipment.attempted();
      return destination.send(shipment.batch(signal));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private void answered(AssignedPartition partition, Lane lane, Shipment shipment, Answer answer) {
    requestsUnderWay--;
    if (partition.isRevoked()) {
      return;
    }
    if (answer instanceof Answer.Accepted accepted) {
      lane.accepted(shipment);
      accepted(partition, shipment, accepted);
    } else if (answer instanceof Answer.Busy busy) {
      busy(lane, shipment, busy);
    } else if (answer instanceof Answer.Refused refused) {
      lane.replace(shipment.bisect(signal, refused));
    }
  }

  private void busy(Lane lane, Shipment shipment, Answer.Busy busy) {
    List<Shipment> again = busy.overLimit() ? lane.overLimit(shipment, signal) : List.of(shipment);
    lane.busy(again, ticker.nanos(), backoff, busy.notBefore());
    ledger.retried(shipment);
    if (shipment.dead != null) {
      deadLetterLog.waiting(busy);
      return;
    }
    away(busy);
    if (again.size() > 1 && !saidOverLimit) {
      saidOverLimit = true;
      log.warn(
          "over-limit: {}: a batch of {} items does not pass a limit of the backend and goes on in"
              + " halves, as others will (this is said once; smaller batches pass at once, see"
              + " delivery.batch.max-bytes): {}",
          signal.id(),
          shipment.items(),
          busy.why());
    }
  }

  private void accepted(AssignedPartition partition, Shipment shipment, Answer.Accepted accepted) {
    Answer.Refused dead = shipment.dead;
    if (dead != null) {
      Part part = shipment.parts.get(0);
      ledger.deadLettered(part, dead.reason());
      deadLetterLog.stored(part, dead);
    } else {
      ledger.delivered(shipment, accepted);
      back();
    }
    if (accepted.rejectedItems() > 0) {
      log.warn(
          "partial-success: the backend did not store {} items: {}",
          accepted.rejectedItems(),
          accepted.message());
    }
    shipment.parts.forEach(part -> settle(partition, part));
  }

  private void away(Answer.Busy busy) {
    if (!destinationAway) {
      destinationAway = true;
      log.warn("destination-away: {} waits and will try again: {}", signal.id(), busy.why());
    }
  }

  private void back() {
    if (destinationAway) {
      destinationAway = false;
      log.info("{} are accepted again", signal.id());
    }
  }

  private void commit() {
    long now = ticker.nanos();
    if (now - committedAtNanos < config.commitInterval().toNanos()) {
      return;
    }
    committedAtNanos = now;
    Map<TopicPartition, OffsetAndMetadata> offsets = takeCommittable(assigned.keySet());
    if (!offsets.isEmpty()) {
      consumer.commitAsync(offsets, this::committed);
    }
  }

  private void committed(Map<TopicPartition, OffsetAndMetadata> offsets, Exception failure) {
    if (failure != null) {
      commitFailed(offsets.keySet(), failure);
    } else {
      offsets.forEach((id, offset) -> extent.committed(id, offset.offset()));
    }
  }

  private void commitFailed(Collection<TopicPartition> ids, Exception failure) {
    ledger.commitFailed();
    log.warn("commit-failed: {} (records may be delivered twice)", failure.getMessage());
    for (TopicPartition id : ids) {
      AssignedPartition partition = assigned.get(id);
      if (partition != null) {
        partition.commitFailed();
      }
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> takeCommittable(Collection<TopicPartition> ids) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition id : ids) {
      AssignedPartition partition = assigned.get(id);
      passMarkers(partition);
      long offset = partition == null ? -1 : partition.uncommitted();
      if (partition != null && offset >= 0) {
        offsets.put(id, new OffsetAndMetadata(offset, extent.note(id)));
        partition.committed(offset);
      }
    }
    return offsets;
  }

  /**
   * Marks of transactions have offsets, too, but are never given to a consumer: they are passed
   * once all before them is settled, or a group would never be at the end of its topic.
   */
  private void passMarkers(@Nullable AssignedPartition partition) {
    if (partition == null || partition.hasPolled() || partition.settled.committable() < 0) {
      return;
    }
    try {
      partition.settled.passed(consumer.position(partition.id, Duration.ZERO));
    } catch (KafkaException e) {
      log.debug("no position of {}", partition.id, e); // it is looked up again, by the next poll
    }
  }

  /**
   * Lets partitions go: finishes what it can within the deadline, commits what is settled, hands
   * back the rest.
   */
  private void giveUp(Collection<TopicPartition> ids, boolean mayDrain) {
    if (mayDrain) {
      drain(ids);
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = takeCommittable(ids);
    try {
      if (!offsets.isEmpty()) {
        consumer.commitSync(offsets, config.drainTimeout().plusSeconds(5));
        offsets.forEach((id, offset) -> extent.committed(id, offset.offset()));
      }
    } catch (KafkaException e) {
      commitFailed(ids, e);
    }
    forget(ids);
  }

  /** Sends what was taken and waits for its answers. What was not taken yet stays in Kafka. */
  private void drain(Collection<TopicPartition> ids) {
    long deadline = ticker.nanos() + config.drainTimeout().toNanos();
    List<AssignedPartition> draining = new ArrayList<>();
    for (TopicPartition id : ids) {
      AssignedPartition partition = assigned.get(id);
      if (partition != null) {
        draining.add(partition);
        partition.lanes().forEach(Lane::closeBatch);
      }
    }
    while (draining.stream().anyMatch(partition -> !partition.settled.isEmpty())
        && ticker.nanos() - deadline < 0) {
      send();
      awaitAnswer();
      takeAnswers();
    }
  }

  private void awaitAnswer() {
    try {
      Runnable answer = answers.poll(ANSWER_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      if (answer != null) {
        answer.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptException(e);
    }
  }

  private void forget(Collection<TopicPartition> ids) {
    for (TopicPartition id : ids) {
      AssignedPartition partition = assigned.remove(id);
      if (partition != null) {
        partition.settled.unsettled().forEach(ledger::handedBack);
        partition.revoke();
      }
    }
    stage.revoked(ids);
  }

  private static String where(ConsumerRecord<byte[], byte[]> record) {
    return "%s-%d offset %d".formatted(record.topic(), record.partition(), record.offset());
  }

  private final class Rebalances implements ConsumerRebalanceListener {

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> ids) {
      Map<TopicPartition, Long> positions = new HashMap<>();
      for (TopicPartition id : ids) {
        long position = position(id);
        positions.put(id, position);
        AssignedPartition partition = new AssignedPartition(id, config.batch(), extent.end(id));
        partition.positioned(position);
        assigned.put(id, partition);
      }
      stage.assigned(positions);
      status.assigned();
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> ids) {
      giveUp(ids, true);
    }

    /** Another owns them already: to commit would be to overwrite what it has done. */
    @Override
    public void onPartitionsLost(Collection<TopicPartition> ids) {
      forget(ids);
    }

    /**
     * Where delivery goes on: the committed offset, or the beginning of a topic new to the group.
     */
    private long position(TopicPartition id) {
      try {
        return consumer.position(id);
      } catch (NoOffsetForPartitionException e) {
        consumer.seekToBeginning(e.partitions()); // of all that are new, not only the one asked for
        return consumer.position(id);
      }
    }
  }
}
