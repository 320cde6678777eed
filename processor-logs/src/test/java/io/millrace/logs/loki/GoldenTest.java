package io.millrace.logs.loki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.daemon.ConfigReader;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import io.millrace.otlp.WireWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Folders of {@code src/test/golden}: OTLP in {@code input.json}, labels in {@code config.yaml},
 * and the push request, by the mapping that Loki documents for its OTLP endpoint, in {@code
 * push.txt}. With {@code -Dgolden.update=true} the last is written, and the test fails.
 */
class GoldenTest {

  private static final long APPENDED_MILLIS = 1_800_000_000_123L;

  /** As {@code logs.destinations.NAME} has it. */
  record Case(List<LabelConfig> labels, boolean levelAsLabel) {

    static final Case DEFAULT = new Case(LabelConfig.DEFAULTS, false);
  }

  @TestFactory
  List<DynamicTest> shouldMapAsLokiDocuments() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("src/test/golden"))) {
      return folders
          .sorted()
          .map(folder -> dynamicTest(folder.getFileName().toString(), () -> check(folder)))
          .toList();
    }
  }

  private static void check(Path folder) throws Exception {
    byte[] otlp =
        OtlpJson.toProtobuf(Signal.LOGS, Files.readAllBytes(folder.resolve("input.json")));
    Path yaml = folder.resolve("config.yaml");
    Case config =
        Files.exists(yaml)
            ? ConfigReader.read(Case.DEFAULT, Set.of(), yaml, List.of(), Map.of())
            : Case.DEFAULT;
    String push =
        PushText.of(push(new LokiConfig(config.labels(), config.levelAsLabel(), 100), otlp));
    Path expected = folder.resolve("push.txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(expected, push);
      fail("written: " + expected);
    }
    assertThat(push).isEqualTo(Files.readString(expected));
  }

  private static byte[] push(LokiConfig config, byte[] otlp) throws Exception {
    List<String> names = PushRequest.names(config);
    StreamLimit limit =
        new StreamLimit(
            "test", names, config.maxStreams(), Clock.systemUTC(), new SimpleMeterRegistry());
    PushRequest request = new PushRequest(config, limit, names);
    request.start("");
    request.add(otlp, APPENDED_MILLIS);
    WireWriter out = new WireWriter(0);
    request.write(out);
    return out.toByteArray();
  }
}
