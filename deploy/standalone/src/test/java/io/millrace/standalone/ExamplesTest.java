package io.millrace.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.daemon.CheckedConfig;
import io.millrace.daemon.ConfigReader;
import io.millrace.gateway.GatewayConfig;
import io.millrace.logs.LogsConfig;
import io.millrace.metrics.MetricsConfig;
import io.millrace.traces.TracesConfig;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The files that the documentation shows are read as the roles read them. */
class ExamplesTest {

  private static final Path ROOT = Path.of("../..");
  private static final Set<String> SECTIONS =
      Set.of("kafka", "topics", "admin", "gateway", "traces", "metrics", "logs", "standalone");

  static Stream<Record> roles() {
    return Stream.of(
        GatewayConfig.DEFAULT, TracesConfig.DEFAULT, MetricsConfig.DEFAULT, LogsConfig.DEFAULT);
  }

  @ParameterizedTest
  @MethodSource("roles")
  void shouldServeEveryRoleWithOneFile(Record defaults) {
    Record config = read(defaults, "docs/example.yaml");
    assertThat(config).isNotEqualTo(defaults);
    if (config instanceof CheckedConfig checked) {
      checked.check();
    }
  }

  @Test
  void shouldSampleAsTheExampleSays() {
    TracesConfig config = read(TracesConfig.DEFAULT, "processor-traces/example.yaml");
    config.check();
    assertThat(config.traces().tailSampling().get("policies").findValuesAsText("name"))
        .containsExactly("errors", "slow", "tenth");
  }

  @Test
  void shouldWriteMetricsAsTheExampleSays() {
    MetricsConfig config = read(MetricsConfig.DEFAULT, "processor-metrics/example.yaml");
    config.check();
    assertThat(config.metrics().delta().enabled()).isTrue();
    assertThat(config.metrics().destinations()).containsOnlyKeys("prometheus", "mimir");
    assertThat(config.metrics().destinations().get("mimir").writeRelabelConfigs()).hasSize(2);
  }

  @Test
  void shouldServeTenantsAsTheExampleSays() {
    GatewayConfig config = read(GatewayConfig.DEFAULT, "gateway/example.yaml");
    assertThat(config.gateway().credentials().file())
        .contains(Path.of("/etc/millrace/credentials"));
    assertThat(config.gateway().tenants().known()).containsExactly("shop", "search", "batch");
    assertThat(config.gateway().tenants().limits().bytesPerSecond()).isEqualTo(20 << 20);
    assertThat(config.gateway().tenants().overrides()).containsOnlyKeys("batch");
  }

  private static <C extends Record> C read(C defaults, String file) {
    Set<String> others = new HashSet<>(SECTIONS);
    for (var component : defaults.getClass().getRecordComponents()) {
      others.remove(component.getName());
    }
    return ConfigReader.read(defaults, others, ROOT.resolve(file), List.of(), Map.of());
  }
}
