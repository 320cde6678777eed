package io.millrace.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.EffectiveConfig;
import io.millrace.daemon.Inlined;
import io.millrace.metrics.MetricsDestination.DeltaPoints;
import io.millrace.metrics.MetricsDestination.Protocol;
import io.millrace.metrics.delta.DeltaConfig;
import io.millrace.metrics.prometheus.RemoteWriteConfig;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricsSectionTest {

  private static final Pattern ROW = Pattern.compile("\\| `([a-z._-]+)` \\| `([^`]*)` \\|.*");

  private static final String DELTA = "metrics.delta.";

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "http://prometheus:9090/api/v1/write, auto, true",
    "http://mimir:9009/api/v1/push, auto, true",
    "https://cortex/api/prom/push, auto, true",
    "http://thanos:19291/api/v1/receive, auto, true",
    "http://vm:8480/insert/0/prometheus/api/v1/write?extra_label=a=b, auto, true",
    "http://prometheus:9090/api/v1/otlp, auto, false",
    "http://mimir/otlp, auto, false",
    "grpc://collector:4317, auto, false",
    "file:/data/out, auto, false",
    "http://prometheus:9090/api/v1/write, otlp, false",
    "http://vm:8428/some/where, remote-write, true",
    "http://vm:8428/some/where, remote-write-2, true"
  })
  void shouldChooseTheProtocolByThePathOrTheKey(String url, String protocol, boolean remoteWrite)
      throws Exception {
    MetricsDestination destination = read("url: '%s'%n      protocol: %s".formatted(url, protocol));

    assertThat(destination.isRemoteWrite()).isEqualTo(remoteWrite);
  }

  @Test
  void shouldBeginWithWhatPrometheusDoes() throws Exception {
    MetricsDestination destination = read("url: http://p/api/v1/write");

    assertThat(destination).isEqualTo(MetricsDestination.to("http://p/api/v1/write"));
    RemoteWriteConfig config = destination.remoteWrite();
    assertThat(config.version2()).isFalse();
    assertThat(config.rules().isEmpty()).isTrue();
    assertThat(config.externalLabels()).isEmpty();
    assertThat(config.fixedLabels()).isEmpty();
    assertThat(config.maxRequestBytes()).isEqualTo(16 << 20);
    assertThat(config.conversion().translationStrategy())
        .isEqualTo("UnderscoreEscapingWithSuffixes");
  }

  @Test
  void shouldBeDescribedInTheReadme() throws Exception {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && !row.group(1).startsWith(DELTA)) {
        rows.put(row.group(1), row.group(2));
      }
    }

    // Every key is there, each default is the one in the code.
    assertThat(rows.keySet()).isEqualTo(keys("", MetricsDestination.DEFAULT));
    for (Map.Entry<String, String> row : rows.entrySet()) {
      MetricsDestination destination =
          read("url: http://p/api/v1/write", List.of(row.getKey() + "=" + row.getValue()));
      MetricsDestination expected = MetricsDestination.to("http://p/api/v1/write");
      assertThat(destination.remoteWrite().rules().isEmpty()).isTrue();
      assertThat(destination)
          .usingRecursiveComparison()
          .ignoringFields("writeRelabelConfigs")
          .as(row.toString())
          .isEqualTo(expected);
    }
  }

  @Test
  void shouldDescribeDeltaInTheReadme() throws Exception {
    Map<String, String> rows = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("README.md"))) {
      Matcher row = ROW.matcher(line);
      if (row.matches() && row.group(1).startsWith(DELTA)) {
        rows.put(row.group(1).substring(DELTA.length()), row.group(2));
      }
    }
    assertThat(rows.keySet()).isEqualTo(keys("", DeltaConfig.DEFAULT));
    List<String> settings =
        rows.entrySet().stream().map(row -> DELTA + row.getKey() + "=" + row.getValue()).toList();
    assertThat(readDelta(settings)).isEqualTo(DeltaConfig.DEFAULT);
  }

  @Test
  void shouldReadEveryKeyOfDelta() throws Exception {
    assertThat(
            readDelta(
                List.of(
                    "metrics.delta.enabled=true",
                    "metrics.delta.state-dir=/var/lib/millrace",
                    "metrics.delta.instance-id=metrics-0",
                    "metrics.delta.threads=2",
                    "metrics.delta.standby-replicas=1",
                    "metrics.delta.commit-interval=1s",
                    "metrics.delta.max-stale=1h",
                    "metrics.delta.max-gap=0s",
                    "metrics.delta.max-series=10",
                    "metrics.delta.memory-bytes=8MiB")))
        .isEqualTo(
            new DeltaConfig(
                true,
                Path.of("/var/lib/millrace"),
                "metrics-0",
                2,
                1,
                Duration.ofSeconds(1),
                Duration.ofHours(1),
                Duration.ZERO,
                10,
                8 << 20));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "instance-id=a b | instance-id: a b (expected: up to 200 letters, digits, '.', '_' or '-')",
        "threads=0 | threads: 0 (expected: 1 to 64)",
        "threads=65 | threads: 65 (expected: 1 to 64)",
        "standby-replicas=-1 | standby-replicas: -1 (expected: 0 to 8)",
        "standby-replicas=9 | standby-replicas: 9 (expected: 0 to 8)",
        "commit-interval=0s | commit-interval: 0s (expected: 1ms or more)",
        "max-stale=0s | max-stale: 0s (expected: 1ms or more)",
        "max-gap=-1s | max-gap: -1s (expected: 0 or more)",
        "max-series=0 | max-series: 0 (expected: 1 or more)",
        "memory-bytes=8388607 | memory-bytes: 8388607 (expected: 8388608 or more)",
      },
      quoteCharacter = '"')
  void shouldRefuseOfDelta(String setting, String message) {
    assertThatThrownBy(() -> readDelta(List.of(DELTA + setting)))
        .hasMessage("metrics.delta." + message);
  }

  private static DeltaConfig readDelta(List<String> settings) {
    return ConfigReader.read(MetricsConfig.DEFAULT, Set.of(), null, settings, Map.of())
        .metrics()
        .delta();
  }

  /**
   * Of the components that stand for themselves; those of every destination are described there.
   */
  private static Set<String> keys(String path, Record record) throws Exception {
    Set<String> keys = new TreeSet<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      if (component.isAnnotationPresent(Inlined.class)) {
        continue;
      }
      boolean raw = component.getType() == JsonNode.class;
      String key =
          path
              + component
                  .getName()
                  .replaceAll("([A-Z])", raw ? "_$1" : "-$1")
                  .toLowerCase(Locale.ROOT);
      if (component.getType().isRecord()) {
        keys.addAll(keys(key + ".", (Record) component.getAccessor().invoke(record)));
      } else {
        keys.add(key);
      }
    }
    return keys;
  }

  @Test
  void shouldReadEveryKey() throws Exception {
    MetricsDestination destination =
        read(
            """
            url: http://mimir/api/v1/push
                  timeout: 5s
                  protocol: remote-write-2
                  delta-points: as-received
                  external-labels: {region: eu}
                  high-availability: {cluster: c, replica: r, replica-label: replica}
                  max-request-bytes: 1MiB
                  write_relabel_configs:
                    - {action: drop, source_labels: [__name__], regex: go_.*}
                  prometheus:
                    translation-strategy: NoTranslation
                    promote-resource-attributes: [k8s.pod.name]
                    keep-identifying-resource-attributes: true
                    promote-scope-metadata: true
                    convert-histograms-to-nhcb: true
                    target-info: false
                    label-name-underscore-sanitization: false
                    label-name-preserve-multiple-underscores: false
                    max-label-names: 30
                    max-label-name-bytes: 1024
                    max-label-value-bytes: 2048
            """);

    assertThat(destination.destination().timeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(destination.protocol()).isEqualTo(Protocol.REMOTE_WRITE_2);
    assertThat(destination.deltaPoints()).isEqualTo(DeltaPoints.AS_RECEIVED);
    RemoteWriteConfig config = destination.remoteWrite();
    assertThat(config.version2()).isTrue();
    assertThat(config.externalLabels()).isEqualTo(Map.of("region", "eu"));
    assertThat(config.fixedLabels()).isEqualTo(Map.of("cluster", "c", "replica", "r"));
    assertThat(config.maxRequestBytes()).isEqualTo(1 << 20);
    assertThat(config.rules().apply(new TreeMap<>(Map.of("__name__", "go_gc")))).isFalse();
    assertThat(config.conversion().promoteResourceAttributes()).containsExactly("k8s.pod.name");
    assertThat(config.conversion().targetInfo()).isFalse();
    assertThat(config.conversion().maxLabelValueBytes()).isEqualTo(2048);
    assertThat(EffectiveConfig.yaml(destination))
        .contains("url: http://mimir/api/v1/push\n", "write_relabel_configs:\n- action: drop\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "prometheus: {translation-strategy: x} | prometheus.translation-strategy: x (expected: one"
            + " of UnderscoreEscapingWithSuffixes, UnderscoreEscapingWithoutSuffixes,"
            + " NoUTF8EscapingWithSuffixes, NoTranslation)",
        "prometheus: {ignore-resource-attributes: [a]} | prometheus.ignore-resource-attributes: set"
            + " (expected: promote-all-resource-attributes: true with it)",
        "prometheus: {promote-resource-attributes: [a], promote-all-resource-attributes: true} |"
            + " prometheus.promote-resource-attributes: set (expected: not with"
            + " promote-all-resource-attributes: true)",
        "prometheus: {max-label-names: -1} | prometheus.max-label-names: -1 (expected: 0 or more)",
        "prometheus: {max-label-name-bytes: -1} | prometheus.max-label-name-bytes: -1 (expected: 0"
            + " or more)",
        "prometheus: {max-label-value-bytes: -1} | prometheus.max-label-value-bytes: -1 (expected:"
            + " 0 or more)",
        "order: none | order: none (expected: partition for remote write: a series has an order)",
        "max-request-bytes: 1 | max-request-bytes: 1 (expected: 65536 or more)",
        "external-labels: {__name__: x} | external-labels: [__name__] (expected: names of labels)",
        "write_relabel_configs: [{action: x}] | write_relabel_configs[0].action: x (expected: an"
            + " action of Prometheus)",
        "high-availability: {replica-label: ''} | high-availability.replica-label: \"\" (expected:"
            + " a label name)",
        "high-availability: {cluster-label: ''} | high-availability.cluster-label: \"\" (expected:"
            + " a label name)",
        "timeout: 0s | timeout: 0s (expected: more than 0)",
      })
  void shouldRefuse(String key, String message) {
    assertThatThrownBy(() -> read("url: http://p/api/v1/write\n      " + key))
        .hasMessage("metrics.destinations.p." + message);
  }

  @ParameterizedTest
  @CsvSource({
    "'external-labels: {a: b}', external-labels",
    "'prometheus: {target-info: false}', prometheus",
    "'high-availability: {cluster: c}', high-availability",
    "'write_relabel_configs: []', write_relabel_configs"
  })
  void shouldRefuseKeysOfRemoteWriteForOtlp(String line, String key) {
    assertThatThrownBy(() -> read("url: http://p/api/v1/otlp\n      " + line))
        .hasMessage(
            "metrics.destinations.p.%s: set (expected: only with remote write, see protocol)"
                .formatted(key));
  }

  @Test
  void shouldRefuseRemoteWriteToAnythingButHttp() {
    assertThatThrownBy(() -> read("url: grpc://p:1\n      protocol: remote-write"))
        .hasMessage(
            "metrics.destinations.p.url: grpc://p:1 (expected: http:// or https:// for remote"
                + " write)");
  }

  @Test
  void shouldNeedADestinationUnlessItOnlySums() throws Exception {
    assertThatThrownBy(() -> readMetrics("destinations: {}"))
        .hasMessage(
            "metrics.destinations: none (expected: at least one, such as backend.url:"
                + " http://host:4318)");

    readMetrics("delta: {enabled: true}");
  }

  @Test
  void shouldRefuseADestinationWithTheConsumerGroupOfSums() throws Exception {
    String destinations = "destinations: {delta: {url: 'discard:/'}}";
    readMetrics(destinations);

    assertThatThrownBy(() -> readMetrics(destinations + "\n  delta: {enabled: true}"))
        .hasMessage(
            "metrics.destinations: delta (expected: another name: metrics.delta has the consumer"
                + " group of this one)");
  }

  private void readMetrics(String section) throws Exception {
    Path file = folder.resolve("metrics.yaml");
    Files.writeString(file, "metrics:\n  " + section + "\n");
    ConfigReader.read(MetricsConfig.DEFAULT, Set.of(), file, List.of(), Map.of()).check();
  }

  private MetricsDestination read(String destination) throws Exception {
    return read(destination, List.of());
  }

  private MetricsDestination read(String destination, List<String> settings) throws Exception {
    Path file = folder.resolve("millrace.yaml");
    Files.writeString(file, "metrics:\n  destinations:\n    p:\n      " + destination + "\n");
    MetricsConfig config =
        ConfigReader.read(
            MetricsConfig.DEFAULT,
            Set.of(),
            file,
            settings.stream().map("metrics.destinations.p."::concat).toList(),
            Map.of());
    return config.metrics().destinations().get("p");
  }
}
