package io.millrace.destination;

import io.millrace.daemon.ClientTlsConfig;
import io.millrace.daemon.InvalidConfig;
import io.millrace.daemon.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One destination of one signal.
 *
 * @param url {@code http://} or {@code https://} for OTLP/HTTP, {@code grpc://} or {@code grpcs://}
 *     for OTLP/gRPC, {@code file:} for a folder of OTLP/JSON lines, {@code discard:/} for nowhere,
 *     to measure with. {@code /v1/<signal>} is appended to the path of an HTTP URL unless it ends
 *     so
 * @param appendPath whether it is; where not, an HTTP URL is the endpoint as it is, as that of
 *     Thanos; default true
 * @param headers sent with every request; values are secrets
 * @param compression of requests; default gzip
 * @param compressionLevel more is smaller and slower: 1 to 9 for gzip, 1 to 22 for zstd; default 1
 * @param tls of {@code https://} and {@code grpcs://}
 * @param timeout longest wait for an answer, after which the batch is sent again; default 30 s
 * @param order whether batches of one partition and tenant go one after the other; default by
 *     signal: none for traces, partition for metrics and logs
 * @param fileMaxBytes size at which an output file is rotated, 1 MiB or more; default 100 MiB
 * @param fileMaxCount files kept per signal and tenant, the one being written included; the oldest
 *     are deleted; 2 or more, default 100
 */
public record DestinationConfig(
    String url,
    boolean appendPath,
    Map<String, Secret> headers,
    Compression compression,
    Optional<Integer> compressionLevel,
    ClientTlsConfig tls,
    Duration timeout,
    Order order,
    long fileMaxBytes,
    int fileMaxCount) {

  public static final DestinationConfig DEFAULT =
      new DestinationConfig(
          "",
          true,
          Map.of(),
          Compression.GZIP,
          Optional.empty(),
          ClientTlsConfig.DEFAULT,
          Duration.ofSeconds(30),
          Order.BY_SIGNAL,
          100 << 20,
          100);

  private static final List<String> SCHEMES =
      List.of("http", "https", "grpc", "grpcs", "file", "discard");

  /** How request bodies are compressed. */
  public enum Compression {
    GZIP(9),
    ZSTD(22),
    NONE(0);

    private final int maxLevel;

    Compression(int maxLevel) {
      this.maxLevel = maxLevel;
    }
  }

  /** What a destination keeps in order. */
  public enum Order {
    BY_SIGNAL,
    PARTITION,
    NONE
  }

  public DestinationConfig {
    headers = Map.copyOf(headers);
    if (!url.isEmpty()) {
      requireUsable(url);
    }
    requireLevel(compression, compressionLevel);
    if (!tls.isDefault() && !url.isEmpty() && !url.matches("(?i)(https|grpcs):.*")) {
      throw new InvalidConfig("tls", url, "a URL of https:// or grpcs:// with it");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new InvalidConfig("timeout", timeout, "more than 0");
    }
    if (fileMaxBytes < 1 << 20) {
      throw new InvalidConfig("file-max-bytes", fileMaxBytes, "1048576 or more");
    }
    if (fileMaxCount < 2) {
      throw new InvalidConfig("file-max-count", fileMaxCount, "2 or more");
    }
  }

  private static void requireLevel(Compression compression, Optional<Integer> level) {
    if (level.isPresent() && (level.get() < 1 || level.get() > compression.maxLevel)) {
      throw new InvalidConfig(
          "compression-level",
          level.get(),
          compression == Compression.NONE
              ? "none without compression"
              : "1 to %d for %s"
                  .formatted(compression.maxLevel, compression.name().toLowerCase(Locale.ROOT)));
    }
  }

  /**
   * Level of the compression. Gzip at 1 takes a third of the CPU of the JDK's own default, 6, for a
   * tenth more bytes.
   */
  int level() {
    return compressionLevel.orElse(1);
  }

  private static void requireUsable(String url) {
    String expected = "http://, https://, grpc://, grpcs:// with a host, or file:/path";
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfig("url", url, expected);
    }
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    boolean file = scheme.equals("file");
    boolean local = file || scheme.equals("discard");
    boolean grpc = scheme.startsWith("grpc");
    if (!SCHEMES.contains(scheme)
        || (local ? uri.getSchemeSpecificPart().isBlank() : uri.getHost() == null)
        || (grpc && !uri.getRawPath().isEmpty() && !uri.getRawPath().equals("/"))) {
      throw new InvalidConfig("url", url, expected);
    }
  }

  /** The same with another URL. */
  public DestinationConfig withUrl(String other) {
    return with(other, order);
  }

  /** The same with another order. */
  public DestinationConfig withOrder(Order other) {
    return with(url, other);
  }

  private DestinationConfig with(String url, Order order) {
    return new DestinationConfig(
        url,
        appendPath,
        headers,
        compression,
        compressionLevel,
        tls,
        timeout,
        order,
        fileMaxBytes,
        fileMaxCount);
  }

  /** {@link #DEFAULT} with a URL. */
  public static DestinationConfig to(String url) {
    return DEFAULT.withUrl(url);
  }
}
