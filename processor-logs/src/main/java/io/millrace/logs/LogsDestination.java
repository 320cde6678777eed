package io.millrace.logs;

import io.millrace.daemon.Inlined;
import io.millrace.daemon.InvalidConfig;
import io.millrace.destination.DestinationConfig;
import io.millrace.logs.loki.LabelConfig;
import io.millrace.logs.loki.LokiConfig;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One destination of logs. All but the first two concern Loki's push API only.
 *
 * @param destination what every destination has
 * @param protocol default auto: the push API if the path of the URL is Loki's for it, else OTLP
 * @param labels of streams; default those of Loki's own OTLP endpoint
 * @param levelAsLabel whether the level is a label of streams; default false: structured metadata
 * @param maxStreams of one tenant, as this process sees them within an hour; 10 or more, default
 *     5000
 */
public record LogsDestination(
    @Inlined DestinationConfig destination,
    Protocol protocol,
    List<LabelConfig> labels,
    boolean levelAsLabel,
    int maxStreams) {

  public static final LogsDestination DEFAULT =
      new LogsDestination(
          DestinationConfig.DEFAULT, Protocol.AUTO, LabelConfig.DEFAULTS, false, 5000);

  private static final String PUSH_PATH = "/loki/api/v1/push";
  private static final String VICTORIA_LOGS_PATH = "/insert/opentelemetry";
  private static final int LOKI_PORT = 3100;
  private static final int VICTORIA_LOGS_PORT = 9428;

  /** How logs travel. */
  public enum Protocol {
    AUTO,
    OTLP,
    LOKI_PUSH
  }

  public LogsDestination {
    labels = List.copyOf(labels);
    if (maxStreams < 10) {
      throw new InvalidConfig("max-streams", maxStreams, "10 or more");
    }
    if (isPush(protocol, destination.url())) {
      requirePush(destination, labels, levelAsLabel);
    } else {
      requireNone("labels", labels.equals(LabelConfig.DEFAULTS));
      requireNone("level-as-label", !levelAsLabel);
      requireNone("max-streams", maxStreams == 5000);
    }
  }

  private static void requirePush(
      DestinationConfig destination, List<LabelConfig> labels, boolean levelAsLabel) {
    if (!destination.url().isEmpty() && !destination.url().matches("(?i)https?:.*")) {
      throw new InvalidConfig("url", destination.url(), "http:// or https:// for Loki's push API");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < labels.size(); i++) {
      String label = name(labels.get(i));
      if (!names.add(label) || (levelAsLabel && label.equals("level"))) {
        throw new InvalidConfig("labels[" + i + "]", label, "a label of its own");
      }
    }
  }

  private static String name(LabelConfig label) {
    return label.name().orElseGet(() -> label.attribute().replaceAll("[^a-zA-Z0-9_]", "_"));
  }

  private static void requireNone(String key, boolean isDefault) {
    if (!isDefault) {
      throw new InvalidConfig(key, "set", "only with Loki's push API, see protocol");
    }
  }

  /** Without anything but a URL. */
  public static LogsDestination to(String url) {
    return new LogsDestination(
        DestinationConfig.to(url),
        DEFAULT.protocol,
        DEFAULT.labels,
        DEFAULT.levelAsLabel,
        DEFAULT.maxStreams);
  }

  boolean isPush() {
    return isPush(protocol, destination.url());
  }

  private static boolean isPush(Protocol protocol, String url) {
    return switch (protocol) {
      case OTLP -> false;
      case LOKI_PUSH -> true;
      case AUTO -> url.matches("(?i)https?:.*") && path(url).endsWith(PUSH_PATH);
    };
  }

  private static String path(String url) {
    String path = URI.create(url).getPath();
    return path == null ? "" : path.replaceAll("/+$", "");
  }

  /**
   * With the URL made whole, to a bare host and port of Loki or VictoriaLogs their path is added,
   * and the order by the kind of backend: VictoriaLogs takes lines in any.
   */
  DestinationConfig complete() {
    DestinationConfig whole = withWholeUrl();
    boolean anyOrder =
        whole.order() == DestinationConfig.Order.BY_SIGNAL
            && whole.url().matches("(?i)https?:.*")
            && path(whole.url()).contains(VICTORIA_LOGS_PATH);
    return anyOrder ? whole.withOrder(DestinationConfig.Order.NONE) : whole;
  }

  private DestinationConfig withWholeUrl() {
    String url = destination.url();
    if (!url.matches("(?i)https?:.*")) {
      return destination;
    }
    String bare = url.replaceAll("/+$", "");
    if (isPush()) {
      return destination.withUrl(path(url).endsWith(PUSH_PATH) ? bare : bare + PUSH_PATH);
    }
    if (!path(url).isEmpty() || URI.create(url).getRawQuery() != null) {
      return destination;
    }
    return switch (URI.create(url).getPort()) {
      case LOKI_PORT -> destination.withUrl(bare + "/otlp");
      case VICTORIA_LOGS_PORT -> destination.withUrl(bare + VICTORIA_LOGS_PATH);
      default -> destination;
    };
  }

  LokiConfig loki() {
    return new LokiConfig(labels, levelAsLabel, maxStreams);
  }
}
