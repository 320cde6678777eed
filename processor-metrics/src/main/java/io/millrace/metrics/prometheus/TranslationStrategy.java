package io.millrace.metrics.prometheus;

import io.millrace.daemon.InvalidConfig;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How OTLP names become Prometheus names; the four of Prometheus, spelled as it spells them. */
enum TranslationStrategy {
  /** {@code http.server.duration} in seconds becomes {@code http_server_duration_seconds}. */
  UNDERSCORE_ESCAPING_WITH_SUFFIXES("UnderscoreEscapingWithSuffixes", true, true),
  /** {@code http_server_duration}. */
  UNDERSCORE_ESCAPING_WITHOUT_SUFFIXES("UnderscoreEscapingWithoutSuffixes", true, false),
  /** {@code http.server.duration_seconds}. */
  NO_UTF8_ESCAPING_WITH_SUFFIXES("NoUTF8EscapingWithSuffixes", false, true),
  /** {@code http.server.duration}. */
  NO_TRANSLATION("NoTranslation", false, false);

  private final String id;
  private final boolean escapes;
  private final boolean addsSuffixes;

  TranslationStrategy(String id, boolean escapes, boolean addsSuffixes) {
    this.id = id;
    this.escapes = escapes;
    this.addsSuffixes = addsSuffixes;
  }

  /** As in Prometheus's configuration. */
  String id() {
    return id;
  }

  /** Does it replace what older Prometheus versions do not allow in a name by underscores? */
  boolean escapes() {
    return escapes;
  }

  /** Does it append the unit, {@code _total} and {@code _ratio}? */
  boolean addsSuffixes() {
    return addsSuffixes;
  }

  /**
   * @throws InvalidConfig if there is none of that spelling
   */
  static TranslationStrategy of(String id) {
    return Arrays.stream(values())
        .filter(strategy -> strategy.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidConfig(
                    "translation-strategy",
                    id,
                    Arrays.stream(values())
                        .map(TranslationStrategy::id)
                        .collect(Collectors.joining(", ", "one of ", ""))));
  }
}
