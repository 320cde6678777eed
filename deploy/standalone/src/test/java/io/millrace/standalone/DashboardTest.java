package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.otlp.Signal;
import io.millrace.standalone.PipelineStats.Totals;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.EnumMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DashboardTest {

  private final Map<Signal, Totals> totals = new EnumMap<>(Signal.class);
  private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();
  private long nanos;
  private String notice = "";

  @Test
  void shouldDrawARowPerSignal() {
    Throughput throughput = throughput();
    totals.put(Signal.TRACES, new Totals(2_500, 2_000, 300, 7, 193, 1.25));
    totals.put(Signal.LOGS, new Totals(199, 25, 0, 0, 0, 0));
    nanos += 2_000_000_000L;

    block(80).draw(throughput.next());

    assertThat(drawn())
        .isEqualTo(
            """
            <hide><nowrap>\
            <clear>          received/s  delivered/s  sampled out  dead-lettered      lag
            <clear>traces          1250         1000          300              7    1.3 s
            <clear>metrics          0.0          0.0            0              0    0.0 s
            <clear>logs            99.5         12.5            0              0    0.0 s
            <clear>
            """);
  }

  @Test
  void shouldDrawOverItselfAndGiveTheCursorBack() {
    Throughput throughput = throughput();
    LiveBlock block = block(30);
    block.draw(throughput.next());
    terminal.reset();
    notice = "2 warnings in millrace.log, last: 12:00:00 backend away";

    block.draw(throughput.next());
    block.close();

    assertThat(drawn())
        .isEqualTo(
            """
            <up 5>\
            <clear>          received/s  delivere
            <clear>traces           0.0
            <clear>metrics          0.0
            <clear>logs             0.0
            <clear>2 warnings in millrace.log, la
            <wrap><show>""");
  }

  @Test
  void shouldLeaveATerminalAloneThatItNeverDrewOn() {
    block(80).close();

    assertThat(drawn()).isEmpty();
  }

  @Test
  void shouldCountRatesFromOneCallToTheNext() {
    totals.put(Signal.TRACES, new Totals(1_000, 500, 0, 0, 0, 0));
    Throughput throughput = throughput();
    totals.put(Signal.TRACES, new Totals(1_100, 650, 0, 0, 0, 0));
    nanos += 500_000_000L;
    assertThat(throughput.next().get(Signal.TRACES).received()).isEqualTo(200);

    totals.put(Signal.TRACES, new Totals(1_100, 700, 0, 0, 0, 0));
    nanos += 1_000_000_000L;
    Throughput.Rates rates = throughput.next().get(Signal.TRACES);

    assertThat(rates.received()).isZero();
    assertThat(rates.delivered()).isEqualTo(50);
  }

  @Test
  void shouldSayASignalInOneLogLine() {
    var rates = new Throughput.Rates(12.34, 11, new Totals(0, 0, 3, 4, 5, 0.26));

    assertThat(Dashboard.line(Signal.METRICS, rates))
        .isEqualTo(
            "metrics: received 12.3/s, delivered 11.0/s, sampled out 3, dead-lettered 4, lag 0.3 s");
  }

  @Test
  void shouldShowTheLastFiguresWhenItEnds() {
    Dashboard dashboard = Dashboard.live(() -> Map.of(), block(80));

    dashboard.close();

    assertThat(drawn()).contains("traces").endsWith("<wrap><show>");
  }

  @Test
  void shouldDrawAgainAfterItFailedOnce() throws Exception {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    PipelineStats failing =
        () -> {
          if (calls.incrementAndGet() == 2) {
            failed.countDown();
            throw new IllegalStateException("once");
          }
          return Map.of();
        };

    try (Dashboard dashboard = Dashboard.live(failing, block(80))) {
      failed.await();
      assertThat(dashboard).isNotNull();
    }

    assertThat(drawn()).contains("traces").endsWith("<wrap><show>");
  }

  @Test
  void shouldReadTheTotalsFromTheMeters() {
    MeterRegistry registry = new SimpleMeterRegistry();
    counter(registry, "millrace.gateway.published.items", "traces", "a", 10);
    counter(registry, "millrace.delivered.items", "traces", "a", 4);
    counter(registry, "millrace.delivered.items", "traces", "b", 3);
    counter(registry, "millrace.sampled.out.items", "traces", "a", 2);
    counter(registry, "millrace.dead.lettered.items", "traces", "a", 1);
    counter(registry, "millrace.delivered.items", "logs", "a", 100);
    gauge(registry, "millrace.in.flight.items", Tags.of("signal", "traces"), 5);
    gauge(registry, "millrace.lag", Tags.of("signal", "traces", "destination", "a"), 1.5);
    gauge(registry, "millrace.lag", Tags.of("signal", "traces", "destination", "b"), 2.5);

    Map<Signal, Totals> read = new MeterStats(registry).totals();

    assertThat(read)
        .containsEntry(Signal.TRACES, new Totals(10, 7, 2, 1, 5, 2.5))
        .containsEntry(Signal.LOGS, new Totals(0, 100, 0, 0, 0, 0))
        .containsEntry(Signal.METRICS, Totals.NONE);
  }

  /** The registry holds a plain number weakly: it may be gone before it is read. */
  private static void gauge(MeterRegistry registry, String name, Tags tags, double value) {
    Gauge.builder(name, () -> value).tags(tags).register(registry);
  }

  private static void counter(
      MeterRegistry registry, String name, String signal, String destination, double amount) {
    registry.counter(name, "signal", signal, "destination", destination).increment(amount);
  }

  @Test
  void shouldTrustTheLauncherAboutTheTerminal() {
    assertThat(Terminal.of(new Properties())).isEqualTo(new Terminal(false, 80));
    Properties properties = new Properties();
    properties.setProperty("millrace.terminal", "true");
    properties.setProperty("millrace.columns", "132");
    assertThat(Terminal.of(properties)).isEqualTo(new Terminal(true, 132));
    properties.setProperty("millrace.columns", "wide");
    assertThat(Terminal.of(properties)).isEqualTo(new Terminal(true, 80));
  }

  private Throughput throughput() {
    return new Throughput(() -> new EnumMap<>(totals), () -> nanos);
  }

  private LiveBlock block(int columns) {
    return new LiveBlock(new PrintStream(terminal, false, UTF_8), columns, () -> notice);
  }

  /** What was written, with names for the escape sequences. */
  private String drawn() {
    return terminal
        .toString(UTF_8)
        .replace("\u001b[?25l", "<hide>")
        .replace("\u001b[?25h", "<show>")
        .replace("\u001b[?7l", "<nowrap>")
        .replace("\u001b[?7h", "<wrap>")
        .replace("\u001b[2K", "<clear>")
        .replaceAll("\r\u001b\\[(\\d+)A", "<up $1>");
  }
}
