package io.millrace.metrics.prometheus;

import io.millrace.metrics.relabel.RelabelRules;
import java.util.Map;

/**
 * What a remote-write destination needs to know beyond its URL.
 *
 * @param version2 whether to begin with remote write 2.0
 * @param conversion how OTLP becomes series
 * @param externalLabels given to series that have no such label
 * @param fixedLabels given to all series, whatever labels they have
 * @param rules applied to labels last
 * @param maxRequestBytes largest request, before compression
 */
public record RemoteWriteConfig(
    boolean version2,
    ConversionConfig conversion,
    Map<String, String> externalLabels,
    Map<String, String> fixedLabels,
    RelabelRules rules,
    int maxRequestBytes) {

  public RemoteWriteConfig {
    externalLabels = Map.copyOf(externalLabels);
    fixedLabels = Map.copyOf(fixedLabels);
  }
}
