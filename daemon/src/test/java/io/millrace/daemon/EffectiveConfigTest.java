package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EffectiveConfigTest {

  @TempDir Path directory;

  private static final List<String> EVERYTHING =
      List.of(
          "endpoint=http://user:hunter5@tempo:4318/a?b=c@d",
          "name=10",
          "listeners.\"a.b\".port=1",
          "routes=[{tenant: 'null', keys: [x]}]",
          "policies=[{name: slow, share: 1.5}]");

  @Test
  void shouldWriteEveryKeyWithSecretsMasked() {
    assertThat(EffectiveConfig.yaml(sample(EVERYTHING)))
        .isEqualTo(
            """
            admin:
              host: 0.0.0.0
              port: 9464
            limits:
              max-bytes: 1048576
              total-bytes: 1073741824
              ratio: 0.5
              strict: true
              max-wait: 200ms
            name: "10"
            token: '********'
            mode: at-least-once
            endpoint: http://********@tempo:4318/a?b=c@d
            tls: null
            directory: data
            tenants:
            - one
            - two
            properties:
              client.rack: '********'
            listeners:
              a.b:
                host: localhost
                port: 1
            routes:
            - tenant: "null"
              partition: null
              keys:
              - x
            policies:
            - name: slow
              share: 1.5
            """);
  }

  @Test
  void shouldBeReadBackAsWhatItWas() throws Exception {
    // Given
    SampleConfig config = sample(List.of("name=0x1F", "token=" + Secret.MASK, "properties={}"));
    Path file = directory.resolve("effective.yaml");
    Files.writeString(file, EffectiveConfig.yaml(config));

    // When
    SampleConfig again =
        ConfigReader.read(SampleConfig.DEFAULT, Set.of(), file, List.of(), Map.of());

    // Then
    assertThat(again.properties()).containsEntry("client.rack", new Secret(Secret.MASK));
    assertThat(again)
        .usingRecursiveComparison()
        .ignoringFields("properties", "policies")
        .isEqualTo(config);
  }

  private static SampleConfig sample(List<String> overrides) {
    return ConfigReader.read(SampleConfig.DEFAULT, Set.of(), null, overrides, Map.of());
  }
}
