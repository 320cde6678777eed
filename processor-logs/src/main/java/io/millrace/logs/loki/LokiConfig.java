package io.millrace.logs.loki;

import java.util.List;

/**
 * How log records become streams.
 *
 * @param labels of streams; everything else is structured metadata
 * @param levelAsLabel whether the level is a label rather than structured metadata
 * @param maxStreams of one tenant, seen by this process within an hour
 */
public record LokiConfig(List<LabelConfig> labels, boolean levelAsLabel, int maxStreams) {

  public LokiConfig {
    labels = List.copyOf(labels);
  }
}
