package io.millrace.traces;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.daemon.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** The policies of this module's {@code example.yaml}, which is packed with it. */
public final class ExamplePolicies {

  private static final String FILE = "example.yaml";

  private ExamplePolicies() {}

  /** The same section with those policies. */
  public static TracesSection in(TracesSection section) {
    return section.withTailSampling(tailSampling());
  }

  private static JsonNode tailSampling() {
    try (InputStream file = ExamplePolicies.class.getResourceAsStream(FILE)) {
      if (file == null) {
        throw new IllegalStateException(FILE + " is not packed with the module");
      }
      String text = new String(file.readAllBytes(), UTF_8);
      return ConfigReader.tree(text, FILE).path("traces").path("tail_sampling");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
