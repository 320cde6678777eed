package io.millrace.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.millrace.daemon.Inlined;
import io.millrace.daemon.InvalidConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.metrics.prometheus.ConversionConfig;
import io.millrace.metrics.prometheus.RemoteWriteConfig;
import io.millrace.metrics.relabel.RelabelRules;
import java.net.URI;
import java.util.Map;

/**
 * One destination of metrics. All but the first three concern remote write only.
 *
 * @param destination what every destination has
 * @param protocol default auto: remote write 1.0 if the path of the URL ends as Prometheus, Mimir,
 *     Thanos or Cortex have it, else by the scheme of the URL
 * @param deltaPoints what becomes of delta points where they are summed; default summed
 * @param prometheus how OTLP becomes series
 * @param externalLabels given to every series that has no such label
 * @param highAvailability labels of one of several replicas that send the same
 * @param writeRelabelConfigs Prometheus's rules, unchanged; they see the external labels
 * @param maxRequestBytes largest request before compression, 64 KiB or more; what would be larger
 *     is sent in parts; default 16 MiB
 */
public record MetricsDestination(
    @Inlined DestinationConfig destination,
    Protocol protocol,
    DeltaPoints deltaPoints,
    ConversionConfig prometheus,
    Map<String, String> externalLabels,
    HighAvailability highAvailability,
    JsonNode writeRelabelConfigs,
    int maxRequestBytes) {

  public static final MetricsDestination DEFAULT =
      new MetricsDestination(
          DestinationConfig.DEFAULT,
          Protocol.AUTO,
          DeltaPoints.SUMMED,
          ConversionConfig.DEFAULT,
          Map.of(),
          HighAvailability.DEFAULT,
          MissingNode.getInstance(),
          16 << 20);

  /** How metrics travel. */
  public enum Protocol {
    AUTO,
    OTLP,
    REMOTE_WRITE,
    REMOTE_WRITE_2
  }

  /** Which form of delta points a destination gets, if {@code metrics.delta.enabled}. */
  public enum DeltaPoints {
    /** The cumulative points that were made of them, in their place. */
    SUMMED,
    /** The delta points themselves, and not what was made of them. */
    AS_RECEIVED
  }

  public MetricsDestination {
    externalLabels = Map.copyOf(externalLabels);
    if (externalLabels.containsKey("") || externalLabels.containsKey("__name__")) {
      throw new InvalidConfig("external-labels", externalLabels.keySet(), "names of labels");
    }
    if (maxRequestBytes < 64 << 10) {
      throw new InvalidConfig("max-request-bytes", maxRequestBytes, "65536 or more");
    }
    RelabelRules.read("write_relabel_configs", writeRelabelConfigs);
    if (isRemoteWrite(protocol, destination.url())) {
      requireRemoteWrite(destination);
    } else {
      requireNone("prometheus", prometheus.equals(ConversionConfig.DEFAULT));
      requireNone("external-labels", externalLabels.isEmpty());
      requireNone("high-availability", highAvailability.equals(HighAvailability.DEFAULT));
      requireNone("write_relabel_configs", writeRelabelConfigs.isMissingNode());
    }
  }

  private static void requireRemoteWrite(DestinationConfig destination) {
    if (!destination.url().matches("(?i)https?:.*")) {
      throw new InvalidConfig("url", destination.url(), "http:// or https:// for remote write");
    }
    if (destination.order() == DestinationConfig.Order.NONE) {
      throw new InvalidConfig("order", "none", "partition for remote write: a series has an order");
    }
  }

  private static void requireNone(String key, boolean isDefault) {
    if (!isDefault) {
      throw new InvalidConfig(key, "set", "only with remote write, see protocol");
    }
  }

  /** Without anything but a URL. */
  public static MetricsDestination to(String url) {
    return new MetricsDestination(
        DestinationConfig.to(url),
        DEFAULT.protocol,
        DEFAULT.deltaPoints,
        DEFAULT.prometheus,
        DEFAULT.externalLabels,
        DEFAULT.highAvailability,
        DEFAULT.writeRelabelConfigs,
        DEFAULT.maxRequestBytes);
  }

  boolean isRemoteWrite() {
    return isRemoteWrite(protocol, destination.url());
  }

  private static boolean isRemoteWrite(Protocol protocol, String url) {
    return switch (protocol) {
      case OTLP -> false;
      case REMOTE_WRITE, REMOTE_WRITE_2 -> true;
      case AUTO -> url.matches("(?i)https?:.*") && hasRemoteWritePath(url);
    };
  }

  private static boolean hasRemoteWritePath(String url) {
    String path = URI.create(url).getPath();
    return path != null && path.matches(".*/api/(v1/(write|push|receive)|prom/push)/?");
  }

  RemoteWriteConfig remoteWrite() {
    return new RemoteWriteConfig(
        protocol == Protocol.REMOTE_WRITE_2,
        prometheus,
        externalLabels,
        highAvailability.labels(),
        RelabelRules.read("write_relabel_configs", writeRelabelConfigs),
        maxRequestBytes);
  }
}
