package io.millrace.shop;

import io.millrace.daemon.InvalidConfig;
import java.net.URI;
import java.util.Locale;

/**
 * Where telemetry is sent, and how.
 *
 * @param grpc OTLP/gRPC, else OTLP/HTTP with protobuf
 * @param uri {@code http} or {@code https}, host, port, and for HTTP perhaps a path that the paths
 *     of OTLP are appended to
 */
public record Endpoint(boolean grpc, URI uri) {

  private static final String EXPECTED =
      "grpc://host:port, grpcs://host:port, http://host:port or https://host:port";

  /**
   * @param url {@code grpc://} and {@code grpcs://} mean OTLP/gRPC, {@code http://} and {@code
   *     https://} OTLP/HTTP; without a port 4317 and 4318
   * @throws InvalidConfig if it is no such URL
   */
  public static Endpoint parse(String url) {
    URI given = uri(url);
    if (given.getScheme() == null || given.getHost() == null) {
      throw refused(url);
    }
    return switch (given.getScheme().toLowerCase(Locale.ROOT)) {
      case "grpc" -> new Endpoint(true, at("http", given, 4317, ""));
      case "grpcs" -> new Endpoint(true, at("https", given, 4317, ""));
      case "http" -> new Endpoint(false, at("http", given, 4318, path(given)));
      case "https" -> new Endpoint(false, at("https", given, 4318, path(given)));
      default -> throw refused(url);
    };
  }

  private static URI uri(String url) {
    try {
      return URI.create(url);
    } catch (IllegalArgumentException e) {
      throw refused(url);
    }
  }

  private static InvalidConfig refused(String url) {
    return new InvalidConfig("--endpoint", url, EXPECTED);
  }

  private static URI at(String scheme, URI given, int defaultPort, String path) {
    int port = given.getPort() == -1 ? defaultPort : given.getPort();
    return URI.create("%s://%s:%d%s".formatted(scheme, given.getHost(), port, path));
  }

  private static String path(URI given) {
    return given.getRawPath().replaceAll("/+$", "");
  }

  /** The URL an exporter is given: for gRPC the address, for HTTP with the signal's path. */
  String url(String httpPath) {
    return grpc ? uri.toString() : uri + httpPath;
  }
}
