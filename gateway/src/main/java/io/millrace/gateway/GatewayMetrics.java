package io.millrace.gateway;

import static java.util.Objects.requireNonNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.millrace.gateway.ExportRequest.Transport;
import io.millrace.ledger.LedgerMeter;
import io.millrace.ledger.TenantItems;
import io.millrace.otlp.Signal;
import io.millrace.otlp.Split;
import io.millrace.topics.TenantLabels;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the gateway counts. For every signal the items balance: {@code received = published +
 * refused + in flight}. Items are known once a request has been split; a request refused before
 * that, as malformed for instance, is counted as a request only. An item counts as published when
 * its request is answered, even if Kafka has acknowledged its record earlier, and as refused when
 * its request is refused, even if it lies on Kafka: the client will send it again.
 *
 * <p>All meters exist from the start, so that zero can be told from absent. Any thread.
 */
final class GatewayMetrics {

  /** What can befall a request whose items are known; see {@link Refusal#of}. */
  private static final Set<Refusal> AFTER_SPLIT =
      EnumSet.of(Refusal.OVER_CAPACITY, Refusal.KAFKA_UNAVAILABLE);

  private final Map<Signal, BySignal> signals;
  private final Counter unknownPaths;
  private final Counter omittedMetadataHeaders;
  private final Map<Boolean, Counter> credentialsReloads;
  private final TenantMeters tenants;

  GatewayMetrics(MeterRegistry registry, Admission admission, Set<String> namedTenants) {
    TenantLabels labels = new TenantLabels(namedTenants);
    tenants = new TenantMeters(registry, labels);
    credentialsReloads =
        Map.of(
            true, credentialsReloads(registry, "success"),
            false, credentialsReloads(registry, "failure"));
    Gauge.builder("millrace.gateway.in.flight.bytes", admission, Admission::inFlightBytes)
        .description("Bytes that requests hold, from the first one read to the answer")
        .register(registry);
    omittedMetadataHeaders =
        Counter.builder("millrace.gateway.omitted.metadata.headers")
            .description("Values of metadata headers for which records had no room")
            .register(registry);
    unknownPaths =
        new Meters(registry, Tags.of("signal", "unknown")).refusedRequests("unknown_path");
    signals =
        each(
            EnumSet.allOf(Signal.class),
            signal -> new BySignal(new Meters(registry, signal), labels));
  }

  private static Counter credentialsReloads(MeterRegistry registry, String outcome) {
    return Counter.builder("millrace.gateway.credentials.reloads")
        .description("Times that a changed file of credentials was read")
        .tags("outcome", outcome)
        .register(registry);
  }

  void receivedBytes(Signal signal, int bytes) {
    of(signal).receivedBytes.increment(bytes);
  }

  /** A request has been split: its items are known, and those that cannot be stored are refused. */
  void received(Signal signal, Split split, @Nullable String tenant) {
    BySignal meters = of(signal);
    int stored = split.pieces().stream().mapToInt(Split.Piece::items).sum();
    int unstorable = split.refused().stream().mapToInt(Split.Refused::items).sum();
    meters.count(tenant, LedgerMeter.RECEIVED, stored + unstorable);
    meters.count(tenant, LedgerMeter.REFUSED, unstorable);
    for (Split.Piece piece : split.pieces()) {
      meters.receivedItems.increment(piece.items());
      meters.inFlightItems.addAndGet(piece.items());
    }
    for (Split.Refused refused : split.refused()) {
      meters.receivedItems.increment(refused.items());
      get(meters.unstorableItems, refused.reason()).increment(refused.items());
    }
  }

  /** A request's items are on Kafka and its client is being told so. */
  void published(Signal signal, int items, int records, @Nullable String tenant) {
    BySignal meters = of(signal);
    meters.count(tenant, LedgerMeter.PUBLISHED, items);
    meters.publishedItems.increment(items);
    meters.publishedRecords.increment(records);
    meters.inFlightItems.addAndGet(-items);
  }

  /** A request failed after it had been split. */
  void refusedItems(Signal signal, Refusal reason, int items, @Nullable String tenant) {
    BySignal meters = of(signal);
    meters.count(tenant, LedgerMeter.REFUSED, items);
    get(meters.refusedItems, reason).increment(items);
    meters.inFlightItems.addAndGet(-items);
  }

  void refusedRequest(Signal signal, Refusal reason) {
    get(of(signal).refusedRequests, reason).increment();
  }

  /**
   * @param tenant null if there is none, or none established
   */
  void refusedRequest(Signal signal, Refusal reason, @Nullable String tenant) {
    refusedRequest(signal, reason);
    tenants.refused(tenant, reason);
  }

  void credentialsReloaded(boolean success) {
    get(credentialsReloads, success).increment();
  }

  void answered(Signal signal, Transport transport, long nanos) {
    get(of(signal).durations, transport).record(nanos, TimeUnit.NANOSECONDS);
  }

  void omittedMetadataHeader() {
    omittedMetadataHeaders.increment();
  }

  void unknownPath() {
    unknownPaths.increment();
  }

  private BySignal of(Signal signal) {
    return get(signals, signal);
  }

  private static <K, V> V get(Map<K, V> all, K key) {
    return requireNonNull(all.get(key));
  }

  private static <K extends Enum<K>, V> Map<K, V> each(Set<K> keys, Function<K, V> value) {
    Map<K, V> result = new EnumMap<>(keys.iterator().next().getDeclaringClass());
    keys.forEach(key -> result.put(key, value.apply(key)));
    return result;
  }

  /** The meters of one signal. */
  private static final class BySignal {

    final Counter receivedBytes;
    final Counter receivedItems;
    final Counter publishedItems;
    final Counter publishedRecords;
    final Map<Split.Reason, Counter> unstorableItems;
    final Map<Refusal, Counter> refusedItems;
    final Map<Refusal, Counter> refusedRequests;
    final Map<Transport, Timer> durations;
    final AtomicLong inFlightItems;
    final TenantItems tenants;

    BySignal(Meters meters, TenantLabels labels) {
      tenants = meters.tenantItems(labels);
      receivedBytes = meters.counter("received.bytes", "Decoded bytes of requests");
      receivedItems = meters.counter(LedgerMeter.RECEIVED, "Items of requests that could be read");
      publishedItems = meters.counter(LedgerMeter.PUBLISHED, "Items acknowledged to the client");
      publishedRecords = meters.counter("published.records", "Kafka records of those items");
      unstorableItems = each(EnumSet.allOf(Split.Reason.class), meters::refusedItems);
      refusedItems = each(AFTER_SPLIT, meters::refusedItems);
      refusedRequests = each(EnumSet.allOf(Refusal.class), meters::refusedRequests);
      durations = each(EnumSet.allOf(Transport.class), meters::duration);
      inFlightItems = meters.inFlightItems();
    }

    void count(@Nullable String tenant, LedgerMeter outcome, int items) {
      tenants.count(tenant == null ? "" : tenant, outcome, items);
    }
  }

  /** Registers the meters of one signal. */
  private record Meters(MeterRegistry registry, Tags tags) {

    Meters(MeterRegistry registry, Signal signal) {
      this(registry, Tags.of("signal", signal.id()));
    }

    Counter counter(String name, String description) {
      return counter(name, description, tags);
    }

    Counter counter(LedgerMeter meter, String description) {
      return Counter.builder(meter.meter()).description(description).tags(tags).register(registry);
    }

    TenantItems tenantItems(TenantLabels labels) {
      return new TenantItems("millrace.gateway.tenant.items", labels, registry, tags);
    }

    Counter refusedItems(Enum<?> reason) {
      return Counter.builder(LedgerMeter.REFUSED.meter())
          .description("Items not stored")
          .tags(tags.and("reason", id(reason)))
          .register(registry);
    }

    Counter refusedRequests(Enum<?> reason) {
      return refusedRequests(id(reason));
    }

    Counter refusedRequests(String reason) {
      return counter("refused.requests", "Requests refused", tags.and("reason", reason));
    }

    Timer duration(Transport transport) {
      return Timer.builder("millrace.gateway.request.duration")
          .description("From a request received whole to its answer")
          .tags(tags.and("transport", id(transport)))
          .register(registry);
    }

    AtomicLong inFlightItems() {
      AtomicLong items = new AtomicLong();
      Gauge.builder(LedgerMeter.GATEWAY_IN_FLIGHT.meter(), items, AtomicLong::get)
          .description("Items between split and answer")
          .tags(tags)
          .strongReference(true)
          .register(registry);
      return items;
    }

    private Counter counter(String name, String description, Tags tags) {
      return Counter.builder("millrace.gateway." + name)
          .description(description)
          .tags(tags)
          .register(registry);
    }

    private static String id(Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
  }
}
