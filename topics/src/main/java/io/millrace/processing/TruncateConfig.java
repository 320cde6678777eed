package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.daemon.InvalidConfig;
import java.util.Optional;

/**
 * How long a text may be: a body or an attribute value, at any depth.
 *
 * @param maxBytes of UTF-8, the mark included; 16 or more
 * @param mark what stands at the end of a text that was cut; default {@code ...}
 */
public record TruncateConfig(int maxBytes, Optional<String> mark) {

  private static final String DEFAULT_MARK = "...";

  public TruncateConfig {
    if (maxBytes < 16) {
      throw new InvalidConfig("max-bytes", maxBytes, "16 or more");
    }
    if (mark.isPresent() && mark.get().getBytes(UTF_8).length > maxBytes) {
      throw new InvalidConfig("mark", mark.get(), "at most max-bytes, " + maxBytes);
    }
  }

  byte[] markBytes() {
    return mark.orElse(DEFAULT_MARK).getBytes(UTF_8);
  }
}
