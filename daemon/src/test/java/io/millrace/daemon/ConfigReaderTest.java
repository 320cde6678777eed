package io.millrace.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.millrace.daemon.SampleConfig.Limits;
import io.millrace.daemon.SampleConfig.Listener;
import io.millrace.daemon.SampleConfig.Mode;
import io.millrace.daemon.SampleConfig.Route;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

  private static final Map<String, String> ENVIRONMENT =
      Map.of("PORT", "4318", "TOKEN", "a]b: {c}, #d ${env:PORT}", "EMPTY", "", "DIGITS", "0012");

  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameFile() {
    file = directory.resolve("millrace.yaml");
  }

  @Test
  void shouldKeepDefaultsWhenNothingIsGiven() {
    assertThat(read("")).isEqualTo(SampleConfig.DEFAULT);
    assertThat(read("# only a comment")).isEqualTo(SampleConfig.DEFAULT);
    assertThat(ConfigReader.read(SampleConfig.DEFAULT, Set.of(), null, List.of(), Map.of()))
        .isEqualTo(SampleConfig.DEFAULT);
  }

  @Test
  void shouldReadEveryKey() {
    // When
    SampleConfig config =
        read(
            """
            admin: {host: 127.0.0.1, port: 0}
            limits:
              max-bytes: 64KiB
              total-bytes: 3GiB
              ratio: 0.25
              strict: false
              max-wait: 1h30m
            name: other
            token: swordfish
            mode: none
            endpoint: http://tempo:4318
            tls: {host: secure, port: 1}
            directory: /var/lib/millrace
            tenants: [three]
            properties:
              sasl.mechanism: PLAIN
              linger.ms: 5
            listeners:
              first: {port: 7}
              second: {}
            routes:
              - {tenant: a, partition: 3, keys: [x]}
              - tenant: b
            policies:
              - {name: slow, latency: {threshold_ms: 500}}
            """);

    // Then
    assertThat(config.admin()).isEqualTo(new AdminConfig("127.0.0.1", 0));
    assertThat(config.limits())
        .isEqualTo(new Limits(65536, 3L << 30, 0.25, false, Duration.ofMinutes(90)));
    assertThat(config.name()).isEqualTo("other");
    assertThat(config.token()).isEqualTo(new Secret("swordfish"));
    assertThat(config.mode()).isEqualTo(Mode.NONE);
    assertThat(config.endpoint()).contains(URI.create("http://tempo:4318"));
    assertThat(config.tls()).contains(new Listener("secure", 1));
    assertThat(config.directory()).isEqualTo(Path.of("/var/lib/millrace"));
    assertThat(config.tenants()).containsExactly("three");
    assertThat(config.properties())
        .containsOnly(
            Map.entry("client.rack", new Secret("hunter3")),
            Map.entry("sasl.mechanism", new Secret("PLAIN")),
            Map.entry("linger.ms", new Secret("5")));
    assertThat(config.listeners())
        .containsOnly(
            Map.entry("first", new Listener("localhost", 7)),
            Map.entry("second", Listener.DEFAULT));
    assertThat(config.routes())
        .containsExactly(
            new Route("a", Optional.of(3), List.of("x")),
            new Route("b", Optional.empty(), List.of()));
    assertThat(config.policies().at("/0/latency/threshold_ms").intValue()).isEqualTo(500);
  }

  @Test
  void shouldKeepTheOtherDefaultsOfRecordGivenInPart() {
    assertThat(read("limits: {strict: false}").limits())
        .isEqualTo(new Limits(1 << 20, 1L << 30, 0.5, false, Duration.ofMillis(200)));
    assertThat(read("limits:\nname: a").limits()).isEqualTo(SampleConfig.DEFAULT.limits());
  }

  @Test
  void shouldAcceptSectionsOfOthersUnread() {
    assertThat(read("gateway: {grcp: '${env:UNSET}'}\nname: a").name()).isEqualTo("a");
    assertThat(read("name: a", "gateway.x=1").name()).isEqualTo("a");
  }

  @Test
  void shouldTakeEmptyTextAsAbsentWhereAbsenceIsAllowed() {
    assertThat(read("endpoint: ${env:EMPTY}").endpoint()).isEmpty();
    assertThat(read("endpoint: null").endpoint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.10",
        "12e4567",
        "0x1F",
        "007",
        "1_000",
        "123",
        "+5",
        "1:30",
        "99999999999999",
        "yes",
        "on"
      })
  void shouldKeepTextThatLooksLikeNumberAsWritten(String text) {
    assertThat(read("name: " + text).name()).isEqualTo(text);
    assertThat(read("", "name=" + text).name()).isEqualTo(text);
  }

  @Test
  void shouldReplaceVariables() {
    // When
    SampleConfig config =
        read(
            """
            admin: {port: '${env:PORT:-1}'}
            limits: {max-bytes: '${env:UNSET:-1}KiB', max-wait: '${env:EMPTY:-7}s'}
            token: ${env:TOKEN}
            name: a-${env:PORT}-$${env:PORT}-${env:UNSET:-}-$5
            tenants: ["${env:DIGITS}"]
            policies: [{percent: '${env:PORT}'}]
            """);

    // Then
    assertThat(config.admin().port()).isEqualTo(4318);
    assertThat(config.limits().maxBytes()).isEqualTo(1024);
    assertThat(config.limits().maxWait()).isEqualTo(Duration.ofSeconds(7));
    assertThat(config.token().value()).isEqualTo("a]b: {c}, #d ${env:PORT}");
    assertThat(config.name()).isEqualTo("a-4318-${env:PORT}--$5");
    assertThat(config.tenants()).containsExactly("0012");
    assertThat(config.policies().at("/0/percent").isNumber()).isTrue();
  }

  @Test
  void shouldSetKeysAfterTheFile() {
    // When
    SampleConfig config =
        read(
            "name: file\nlimits: {strict: false}",
            "name=first",
            "name=last: {not yaml} # nor comment = ",
            "limits.ratio=0.75",
            "properties.\"sasl.jaas.config\"=Login required password=\"x: y\";",
            "tenants=[a, 'b,c']",
            "listeners.main.port=9",
            "token='quoted'",
            "admin.port=${env:PORT}");

    // Then
    assertThat(config.name()).isEqualTo("last: {not yaml} # nor comment = ");
    assertThat(config.limits().ratio()).isEqualTo(0.75);
    assertThat(config.limits().strict()).isFalse();
    assertThat(config.properties())
        .containsEntry("sasl.jaas.config", new Secret("Login required password=\"x: y\";"));
    assertThat(config.tenants()).containsExactly("a", "b,c");
    assertThat(config.listeners()).containsEntry("main", new Listener("localhost", 9));
    assertThat(config.token().value()).isEqualTo("quoted");
    assertThat(config.admin().port()).isEqualTo(4318);
  }

  @Test
  void shouldTakeEmptyTextAsText() {
    assertThat(read("", "name=").name()).isEmpty();
    assertThat(read("name: ''").name()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "limits: {max-byte: 1} | limits.max-byte: unknown key (expected: one of max-bytes,"
            + " total-bytes, ratio, strict, max-wait)",
        "listeners: {a.b: {prt: 1}} | listeners.\"a.b\".prt: unknown key (expected: one of host,"
            + " port)",
        "limits: {max-bytes: 0} | limits.max-bytes: 0 (expected: at least 1)",
        "limits: {total-bytes: 5} | limits: max-bytes above total-bytes (expected: the total to be"
            + " larger)",
        "limits: {max-wait: 0s} | limits.max-wait: 0s (expected: more than 0)",
        "admin: {port: 65536} | admin.port: 65536 (expected: 0 to 65535)",
        "admin: {port: http} | admin.port: http (expected: a whole number)",
        "admin: {port: 1.5} | admin.port: 1.5 (expected: a whole number)",
        "admin: {port: 1KiB} | admin.port: 1KiB (expected: a whole number)",
        "admin: {port: 2147483648} | admin.port: 2147483648 (expected: a whole number from"
            + " -2147483648 to 2147483647)",
        "admin: {port: [1]} | admin.port: a list (expected: a whole number)",
        "admin: {port: } | admin.port: nothing (expected: a whole number)",
        "admin: {port: ''} | admin.port: \"\" (expected: a whole number)",
        "admin: 9464 | admin: a number (expected: a mapping)",
        "limits: {max-bytes: 1MB} | limits.max-bytes: 1MB (expected: bytes such as 65536, 64KiB or"
            + " 16MiB)",
        "limits: {max-bytes: 2GiB} | limits.max-bytes: 2GiB (expected: a whole number from"
            + " -2147483648 to 2147483647)",
        "limits: {ratio: half} | limits.ratio: half (expected: a number)",
        "limits: {strict: yes} | limits.strict: yes (expected: true or false)",
        "limits: {max-wait: 10} | limits.max-wait: 10 (expected: a duration such as 10s, 200ms or"
            + " 1h30m)",
        "name: | name: nothing (expected: text)",
        "name: {a: 1} | name: a mapping (expected: text)",
        "mode: exactly-once | mode: exactly-once (expected: one of at-least-once, none)",
        "endpoint: tempo | endpoint: tempo (expected: a URL such as http://localhost:4318)",
        "endpoint: 'http://u:p@a b' | endpoint: unreadable (expected: a URL such"
            + " as http://localhost:4318)",
        "tenants: one | tenants: a text (expected: a list)",
        "tenants: [[a]] | tenants[0]: a list (expected: text)",
        "routes: [{tenant: a}, {partition: 1}] | routes[1].tenant: missing (expected: a value; it"
            + " has no default)",
        "routes: [{tenant: a, partition: x}] | routes[0].partition: x (expected: a whole number)",
        "listeners: [a] | listeners: a list (expected: a mapping)",
        "name: '${env:UNSET}' | name: ${env:UNSET} is not set (expected: the variable, or a"
            + " default: ${env:UNSET:-...})",
        "tenants: ['${HOME}'] | tenants[0]: unreadable ${ (expected: ${env:NAME} or"
            + " ${env:NAME:-default}; $${ for a plain ${)",
        "gateway: {}\\nlmits: {} | lmits: unknown key (expected: one of admin, limits, name, token,"
            + " mode, endpoint, tls, directory, tenants, properties, listeners, routes, policies,"
            + " gateway, kafka)",
      })
  void shouldRefuse(String yaml, String message) {
    assertRefused(yaml.replace("\\n", "\n"), message);
  }

  @Test
  void shouldKeepTheMessageOnOneLine() {
    assertRefused("mode: \"a\\nb\"", "mode: a b (expected: one of at-least-once, none)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "name: a\\nname: b | FILE:2:5: Duplicate field 'name' (expected: valid YAML)",
        "name: [a | FILE:1:9: expected ',' or ']', but got <stream end> (expected: valid YAML)",
        "name: &x a\\nmode: *x | FILE:2:7: an alias (expected: the value itself)",
        "name: a\\n---\\nname: b | FILE:3:1: a second document (expected: one document)",
        "- a | FILE: a list (expected: a mapping)",
      })
  void shouldNameTheLineOfBrokenYaml(String yaml, String message) {
    assertRefused(yaml.replace("\\n", "\n"), message.replace("FILE", file.toString()));
  }

  @Test
  void shouldRefuseFileThatCannotBeRead() throws IOException {
    assertThat(
            refusal(
                () -> ConfigReader.read(SampleConfig.DEFAULT, Set.of(), file, List.of(), Map.of())))
        .hasMessage("--config: %s does not exist (expected: a readable file)", file);
    assertThat(
            refusal(
                () ->
                    ConfigReader.read(
                        SampleConfig.DEFAULT, Set.of(), directory, List.of(), Map.of())))
        .hasMessage("--config: %s cannot be read (expected: a readable file)", directory);
    Files.write(file, "name: ü".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(
            refusal(
                () -> ConfigReader.read(SampleConfig.DEFAULT, Set.of(), file, List.of(), Map.of())))
        .hasMessage("--config: %s is not UTF-8 (expected: a YAML file in UTF-8)", file);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hunter4 | --set: no key before '=' (expected: key=value, as in admin.port=9464)",
        "=hunter4 | --set: no key before '=' (expected: key=value, as in admin.port=9464)",
        "a..b=hunter4 | --set: no key before '=' (expected: key=value, as in admin.port=9464)",
        "token=[hunter4 | --set token:1:9: expected ',' or ']', but got <stream end> (expected:"
            + " valid YAML)",
        "admin.prt=1 | admin.prt: unknown key (expected: one of host, port)",
        "admin=hunter4 | admin: a text (expected: a mapping)",
      })
  void shouldRefuseOverride(String override, String message) {
    assertThat(refusal(() -> read("", override))).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token: {hunter4: hunter4}",
        "token: [hunter4]",
        "properties: hunter4",
        "properties: {a: [hunter4]}",
        "properties: {a: hunter4, a: hunter4}",
        "token: ${hunter4",
        "token: \"hunter4",
        "token: hunter4\nname: [",
        "token: @hunter4",
      })
  void shouldNeverShowSecretInRefusal(String yaml) {
    Throwable refusal = refusal(() -> read(yaml));
    assertThat(refusal.getMessage()).doesNotContain("unter").doesNotContain("\n");
  }

  private void assertRefused(String yaml, String message) {
    assertThat(refusal(() -> read(yaml))).hasMessage(message);
  }

  private static Throwable refusal(Runnable reading) {
    Throwable thrown = catchThrowable(reading::run);
    assertThat(thrown).isInstanceOf(InvalidConfig.class);
    return thrown;
  }

  private SampleConfig read(String yaml, String... overrides) {
    try {
      Files.writeString(file, yaml);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return ConfigReader.read(
        SampleConfig.DEFAULT, Set.of("kafka", "gateway"), file, List.of(overrides), ENVIRONMENT);
  }
}
