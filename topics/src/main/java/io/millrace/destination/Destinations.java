package io.millrace.destination;

import io.millrace.daemon.CannotStart;
import io.millrace.delivery.Destination;
import io.millrace.otlp.Signal;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;

/** Opens the destination a URL names. */
public final class Destinations {

  private Destinations() {}

  /**
   * Opens a destination; a backend that is away now is no error.
   *
   * @param maxRequests requests that may be under way at once where order is not kept
   * @throws CannotStart if a folder cannot be written
   */
  public static Destination open(Signal signal, DestinationConfig config, int maxRequests) {
    int perLane = keepsOrder(signal, config.order()) ? 1 : maxRequests;
    URI uri = URI.create(config.url());
    return switch (uri.getScheme().toLowerCase(Locale.ROOT)) {
      case "grpc", "grpcs" -> new OtlpGrpc(signal, config, perLane);
      case "file" -> OtlpFiles.open(signal, folder(uri), config, Clock.systemUTC());
      case "discard" -> new Discard(perLane);
      default -> new OtlpHttp(signal, config, perLane, Clock.systemUTC());
    };
  }

  /** Of {@code file:out}, {@code file:/out} and {@code file:///out} alike. */
  private static Path folder(URI uri) {
    return uri.isOpaque() ? Path.of(uri.getSchemeSpecificPart()) : Path.of(uri.getPath());
  }

  private static boolean keepsOrder(Signal signal, DestinationConfig.Order order) {
    return switch (order) {
      case PARTITION -> true;
      case NONE -> false;
      case BY_SIGNAL -> signal != Signal.TRACES;
    };
  }
}
