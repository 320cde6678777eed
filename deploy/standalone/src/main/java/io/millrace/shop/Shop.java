package io.millrace.shop;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.resources.Resource;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

/**
 * A shop that is open: customers come at a steady rate and every visit is a trace with its log
 * records and metrics. It sends all it tells: when the endpoint is slow, customers wait.
 */
public final class Shop implements AutoCloseable {

  /** Far below what one service's queue holds, so the SDK never has to drop. */
  private static final long MOST_PENDING = ServiceTelemetry.QUEUE / 2;

  private static final long FLUSH_SECONDS = 30;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Tally tally = new Tally();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Map<ShopService, ServiceTelemetry> services = new EnumMap<>(ShopService.class);
  private final Visits visits;
  private final Teller teller;
  private final Clock clock;

  private Shop(Endpoint endpoint, RandomGenerator random, Clock clock) {
    this.clock = clock;
    for (ShopService service : ShopService.values()) {
      services.put(
          service, new ServiceTelemetry(resource(service, random), Exporters.to(endpoint, tally)));
    }
    this.visits = new Visits(random);
    this.teller = new Teller(services, tally);
  }

  /** Opens a shop that is a different one each time. */
  public static Shop open(Endpoint endpoint) {
    return open(endpoint, new Random(), Clock.systemUTC());
  }

  /**
   * @param random decides all that happens; only trace and span ids are the SDK's own
   */
  public static Shop open(Endpoint endpoint, RandomGenerator random, Clock clock) {
    return new Shop(endpoint, random, clock);
  }

  private static Resource resource(ShopService service, RandomGenerator random) {
    String pod = "%s-%08x".formatted(service.id(), random.nextInt());
    String node = "node-" + random.nextInt(1, 4);
    return Resource.getDefault()
        .merge(
            Resource.create(
                Attributes.builder()
                    .put("service.name", service.id())
                    .put("service.namespace", "shop")
                    .put("service.version", service.version())
                    .put("service.instance.id", pod)
                    .put("deployment.environment.name", "demo")
                    .put("host.name", node)
                    .put("k8s.namespace.name", "shop")
                    .put("k8s.deployment.name", service.id())
                    .put("k8s.pod.name", pod)
                    .put("k8s.node.name", node)
                    .put("process.command_args", "java", "-jar", service.id() + ".jar")
                    .build()));
  }

  /**
   * Lets customers in until the time is over or {@link #stop} is called. The calling thread does
   * the telling.
   *
   * @param perSecond visits a second, more than 0
   * @param duration how long
   */
  public void run(double perSecond, Duration duration) throws InterruptedException {
    long pauseNanos = Math.round(TimeUnit.SECONDS.toNanos(1) / perSecond);
    long begin = System.nanoTime();
    long due = begin;
    while (due - begin < duration.toNanos()) {
      // Behind its time it goes on at its rate; it does not make up for lost visits.
      long now = System.nanoTime();
      due = Math.max(due, now - TimeUnit.SECONDS.toNanos(1));
      if (stopped.await(due - now, TimeUnit.NANOSECONDS)) {
        return;
      }
      visit();
      due += pauseNanos;
    }
  }

  /** One visit, told at once. */
  void visit() {
    while (tally.pending() > MOST_PENDING) {
      flush();
    }
    Instant now = clock.instant();
    teller.tell(visits.next(), TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano());
  }

  /** Ends {@link #run}; any thread. */
  public void stop() {
    stopped.countDown();
  }

  private void flush() {
    CompletableResultCode.ofAll(services.values().stream().map(ServiceTelemetry::flush).toList())
        .join(FLUSH_SECONDS, TimeUnit.SECONDS);
  }

  /** Sends what waits, as far as the endpoint takes it. Then {@link #sent} is final. */
  @Override
  public void close() {
    stop();
    if (closed.getAndSet(true)) {
      return;
    }
    CompletableResultCode.ofAll(services.values().stream().map(ServiceTelemetry::shutdown).toList())
        .join(FLUSH_SECONDS, TimeUnit.SECONDS);
  }

  /** What has arrived so far, by the endpoint's own answers. */
  public Sent sent() {
    return tally.sent();
  }
}
