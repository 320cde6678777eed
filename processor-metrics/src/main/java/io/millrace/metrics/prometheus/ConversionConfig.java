package io.millrace.metrics.prometheus;

import io.millrace.daemon.InvalidConfig;
import java.util.List;

/**
 * How OTLP becomes series. Names and defaults are those of the {@code otlp} block of Prometheus's
 * configuration.
 *
 * @param translationStrategy how names are translated, in Prometheus's spelling; default
 *     UnderscoreEscapingWithSuffixes
 * @param promoteResourceAttributes resource attributes that become labels of every series; default
 *     none
 * @param promoteAllResourceAttributes whether all of them do; default false
 * @param ignoreResourceAttributes those that do not when all others do
 * @param keepIdentifyingResourceAttributes whether target_info has service.name, service.namespace
 *     and service.instance.id, too; default false
 * @param promoteScopeMetadata whether name, version, schema URL and attributes of the scope become
 *     labels otel_scope_...; default false
 * @param convertHistogramsToNhcb whether explicit histograms become native ones with custom
 *     buckets, instead of one series for each bucket; default false
 * @param targetInfo whether target_info is written; default true
 * @param labelNameUnderscoreSanitization whether a label name with one leading underscore gets
 *     "key" in front; default true
 * @param labelNamePreserveMultipleUnderscores whether several underscores in a label name stay
 *     several; default true
 * @param maxLabelNames labels of one series, the name included, above which it is not sent; 0 for
 *     no limit, the default
 * @param maxLabelNameBytes longest label name, in bytes; 0 for no limit, the default
 * @param maxLabelValueBytes longest label value, in bytes; 0 for no limit, the default
 */
public record ConversionConfig(
    String translationStrategy,
    List<String> promoteResourceAttributes,
    boolean promoteAllResourceAttributes,
    List<String> ignoreResourceAttributes,
    boolean keepIdentifyingResourceAttributes,
    boolean promoteScopeMetadata,
    boolean convertHistogramsToNhcb,
    boolean targetInfo,
    boolean labelNameUnderscoreSanitization,
    boolean labelNamePreserveMultipleUnderscores,
    int maxLabelNames,
    int maxLabelNameBytes,
    int maxLabelValueBytes) {

  public static final ConversionConfig DEFAULT =
      new ConversionConfig(
          TranslationStrategy.UNDERSCORE_ESCAPING_WITH_SUFFIXES.id(),
          List.of(),
          false,
          List.of(),
          false,
          false,
          false,
          true,
          true,
          true,
          0,
          0,
          0);

  public ConversionConfig {
    TranslationStrategy.of(translationStrategy);
    promoteResourceAttributes = List.copyOf(promoteResourceAttributes);
    ignoreResourceAttributes = List.copyOf(ignoreResourceAttributes);
    if (!ignoreResourceAttributes.isEmpty() && !promoteAllResourceAttributes) {
      throw new InvalidConfig(
          "ignore-resource-attributes", "set", "promote-all-resource-attributes: true with it");
    }
    if (!promoteResourceAttributes.isEmpty() && promoteAllResourceAttributes) {
      throw new InvalidConfig(
          "promote-resource-attributes", "set", "not with promote-all-resource-attributes: true");
    }
    requireLimit("max-label-names", maxLabelNames);
    requireLimit("max-label-name-bytes", maxLabelNameBytes);
    requireLimit("max-label-value-bytes", maxLabelValueBytes);
  }

  private static void requireLimit(String key, int limit) {
    if (limit < 0) {
      throw new InvalidConfig(key, limit, "0 or more");
    }
  }

  TranslationStrategy strategy() {
    return TranslationStrategy.of(translationStrategy);
  }

  /** Does this resource attribute become a label of every series? */
  boolean promotes(String attribute) {
    return promoteAllResourceAttributes
        ? !ignoreResourceAttributes.contains(attribute)
        : promoteResourceAttributes.contains(attribute);
  }
}
