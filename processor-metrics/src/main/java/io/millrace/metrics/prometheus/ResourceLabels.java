package io.millrace.metrics.prometheus;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.WireReader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Labels that come from the resource and the scope: {@code job} and {@code instance}, promoted
 * attributes, external labels, {@code otel_scope_...}. Made once for each resource of a batch.
 */
final class ResourceLabels {

  private static final int ATTRIBUTES = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_NAME = WireReader.tag(1, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_VERSION = WireReader.tag(2, WireReader.LENGTH_DELIMITED);
  private static final int SCOPE_ATTRIBUTES = WireReader.tag(3, WireReader.LENGTH_DELIMITED);

  private static final String SERVICE_NAME = "service.name";
  private static final String SERVICE_NAMESPACE = "service.namespace";
  private static final String SERVICE_INSTANCE = "service.instance.id";
  private static final List<String> IDENTIFYING =
      List.of(SERVICE_NAMESPACE, SERVICE_NAME, SERVICE_INSTANCE);

  private final ConversionConfig config;
  private final LabelNames labelNames;
  private final Map<String, String> externalLabels;
  private final Map<String, String> fixedLabels;
  private final AttributeList attributes = new AttributeList();
  private final WireReader reader = new WireReader(new byte[0], 3);

  ResourceLabels(
      ConversionConfig config,
      LabelNames labelNames,
      Map<String, String> externalLabels,
      Map<String, String> fixedLabels) {
    this.config = config;
    this.labelNames = labelNames;
    this.externalLabels = externalLabels;
    this.fixedLabels = fixedLabels;
  }

  /** The labels that the points of a resource have in common, whatever their scope. */
  FixedLabels.Builder points(byte[] source, int from, int to) throws MalformedOtlp {
    attributes.read(source, from, to, ATTRIBUTES);
    FixedLabels.Builder labels = new FixedLabels.Builder();
    for (int i = 0; i < attributes.size(); i++) {
      String name = config.promotes(attributes.key(i)) ? labelNames.of(attributes.key(i)) : null;
      if (name != null) {
        labels.weak(name, attributes.textString(i));
      }
    }
    return identified(labels);
  }

  /** The labels of target_info that are no attributes. */
  FixedLabels targetInfo(byte[] source, int from, int to) throws MalformedOtlp {
    attributes.read(source, from, to, ATTRIBUTES);
    return identified(new FixedLabels.Builder()).build();
  }

  /**
   * The attributes of target_info.
   *
   * @return none if it would say nothing: without any but the identifying, or without job and
   *     instance
   */
  AttributeList targetInfoAttributes(byte[] source, int from, int to) throws MalformedOtlp {
    attributes.read(source, from, to, ATTRIBUTES);
    String service = text(SERVICE_NAME);
    String instance = text(SERVICE_INSTANCE);
    boolean identified =
        (service != null && !job(service).isEmpty()) || (instance != null && !instance.isEmpty());
    boolean tellsMore = false;
    for (int i = 0; i < attributes.size(); i++) {
      String key = attributes.key(i);
      identified |= key.equals("job") || key.equals("instance");
      tellsMore |= !IDENTIFYING.contains(key);
    }
    boolean written = identified && tellsMore;
    attributes.retain(
        key ->
            written && (config.keepIdentifyingResourceAttributes() || !IDENTIFYING.contains(key)));
    return attributes;
  }

  private FixedLabels.Builder identified(FixedLabels.Builder labels) {
    String service = text(SERVICE_NAME);
    if (service != null) {
      strong(labels, "job", job(service));
    }
    String instance = text(SERVICE_INSTANCE);
    strong(labels, "instance", instance == null ? "" : instance);
    externalLabels.forEach(labels::weakest);
    fixedLabels.forEach(labels::strong);
    return labels;
  }

  private String job(String service) {
    String namespace = text(SERVICE_NAMESPACE);
    return namespace == null ? service : namespace + "/" + service;
  }

  private static void strong(FixedLabels.Builder labels, String name, String value) {
    if (!value.isEmpty()) {
      labels.strong(name, value);
    }
  }

  private @Nullable String text(String key) {
    for (int i = 0; i < attributes.size(); i++) {
      if (attributes.key(i).equals(key)) {
        return attributes.textString(i);
      }
    }
    return null;
  }

  /** Adds what the scope says of itself; nothing if it has no name. */
  void addScope(FixedLabels.Builder labels, byte[] source, int from, int to, String schemaUrl)
      throws MalformedOtlp {
    String name = "";
    String version = "";
    reader.over(source, from, to);
    while (reader.next()) {
      if (reader.tag() == SCOPE_NAME) {
        name = Conversion.text(source, reader.from(), reader.end());
      } else if (reader.tag() == SCOPE_VERSION) {
        version = Conversion.text(source, reader.from(), reader.end());
      }
    }
    if (name.isEmpty()) {
      return;
    }
    attributes.read(source, from, to, SCOPE_ATTRIBUTES);
    for (int i = 0; i < attributes.size(); i++) {
      String label = labelNames.of("otel_scope_" + attributes.key(i));
      if (label != null) {
        labels.strong(label, attributes.textString(i));
      }
    }
    labels.strong("otel_scope_name", name);
    labels.strong("otel_scope_version", version);
    labels.strong("otel_scope_schema_url", schemaUrl);
  }
}
