package io.millrace.metrics.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A folder of {@code src/test/golden}: OTLP in {@code input.json}, Prometheus's own options in
 * {@code otlp.yaml} if it has any, and what Prometheus answers in {@code <strategy>.txt}. Times
 * stand in the input as {@code T+<milliseconds>}.
 */
record GoldenCase(Path folder) {

  private static final Pattern TIME = Pattern.compile("\"T([+-]\\d+)\"");

  static List<GoldenCase> all() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of("src/test/golden"))) {
      return folders.filter(Files::isDirectory).sorted().map(GoldenCase::new).toList();
    }
  }

  String name() {
    return folder.getFileName().toString();
  }

  /** The input as OTLP protobuf, T being that time. */
  byte[] otlp(long baseMillis) throws IOException, MalformedOtlp {
    String json = Files.readString(folder.resolve("input.json"));
    Matcher times = TIME.matcher(json);
    String placed =
        times.replaceAll(
            time -> "\"" + (baseMillis + Long.parseLong(time.group(1))) * 1_000_000 + "\"");
    return OtlpJson.toProtobuf(Signal.METRICS, placed.getBytes(UTF_8));
  }

  /** The otlp block of Prometheus's configuration, without the strategy; may be empty. */
  String options() throws IOException {
    Path file = folder.resolve("otlp.yaml");
    return Files.exists(file) ? Files.readString(file) : "";
  }

  /** The same options for our conversion. */
  ConversionConfig config(TranslationStrategy strategy) throws IOException {
    JsonNode options = new YAMLMapper().readTree("none: 0\n" + options());
    return new ConversionConfig(
        strategy.id(),
        texts(options.path("promote_resource_attributes")),
        options.path("promote_all_resource_attributes").asBoolean(false),
        texts(options.path("ignore_resource_attributes")),
        options.path("keep_identifying_resource_attributes").asBoolean(false),
        options.path("promote_scope_metadata").asBoolean(false),
        options.path("convert_histograms_to_nhcb").asBoolean(false),
        true,
        options.path("label_name_underscore_sanitization").asBoolean(true),
        options.path("label_name_preserve_multiple_underscores").asBoolean(true),
        0,
        0,
        0);
  }

  Path expected(TranslationStrategy strategy) {
    return folder.resolve(strategy.id() + ".txt");
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
