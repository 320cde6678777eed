package io.millrace.logs.loki;

import io.millrace.daemon.InvalidConfig;
import java.util.List;
import java.util.Optional;

/**
 * A label of streams, made of an attribute.
 *
 * @param attribute its key
 * @param of whose attribute it is; default the resource's
 * @param name of the label; default the attribute's key by Loki's rules, dots as underscores
 * @param orElse value where the attribute is missing or empty; by default the label is left out
 */
public record LabelConfig(
    String attribute, Optional<Source> of, Optional<String> name, Optional<String> orElse) {

  /** Whose attribute. */
  public enum Source {
    RESOURCE,
    SCOPE,
    LOG
  }

  /**
   * The resource attributes that Loki's own OTLP endpoint makes labels of, without those of single
   * processes and pods, which Loki advises against.
   */
  public static final List<LabelConfig> DEFAULTS =
      List.of(
          resource("cloud.availability_zone"),
          resource("cloud.region"),
          resource("container.name"),
          resource("deployment.environment"),
          resource("deployment.environment.name"),
          resource("k8s.cluster.name"),
          resource("k8s.container.name"),
          resource("k8s.cronjob.name"),
          resource("k8s.daemonset.name"),
          resource("k8s.deployment.name"),
          resource("k8s.job.name"),
          resource("k8s.namespace.name"),
          resource("k8s.replicaset.name"),
          resource("k8s.statefulset.name"),
          new LabelConfig(
              "service.name",
              Optional.empty(),
              Optional.empty(),
              Optional.of(PushRequest.UNKNOWN_SERVICE)),
          resource("service.namespace"));

  public LabelConfig {
    if (attribute.isEmpty()) {
      throw new InvalidConfig("attribute", "\"\"", "the key of an attribute");
    }
    if (name.isPresent() && !name.get().matches("[a-zA-Z_][a-zA-Z0-9_]*")) {
      throw new InvalidConfig("name", name.get(), "a label name: letters, digits and underscores");
    }
  }

  private static LabelConfig resource(String attribute) {
    return new LabelConfig(attribute, Optional.empty(), Optional.empty(), Optional.empty());
  }

  Source source() {
    return of.orElse(Source.RESOURCE);
  }

  String label() {
    return name.orElseGet(() -> LabelNames.normalize(attribute));
  }
}
