package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.LogsPartitioning;
import java.time.Duration;
import java.util.List;

/**
 * The gateway's own configuration.
 *
 * @param grpc default 0.0.0.0:4317. Both listeners serve OTLP/gRPC and OTLP/HTTP
 * @param http default 0.0.0.0:4318
 * @param connections how many there are and how long they last
 * @param cors which web pages may send OTLP/HTTP; default none
 * @param credentials of those who send; default none needed
 * @param tenants who may send, and how much; default anybody without limit
 * @param maxRequestBytes largest request, before and after decompression; 1 KiB to 256 MiB, default
 *     16 MiB
 * @param maxInFlightBytes bytes that all requests hold, from the first one read to the answer: as
 *     received, decompressed, and cut into records. What exceeds them is refused at once. At least
 *     four times max-request-bytes, default 128 MiB
 * @param partitionLogsBy default resource
 * @param hasher how a key becomes a partition; default murmur2
 * @param metadataHeaders request headers that travel with the records, in lower case; default none
 * @param producer how records are gathered and sent
 * @param drainTimeout how long a stopping gateway finishes what it has taken; 0 s to 10 min,
 *     default 10 s
 */
public record GatewaySection(
    ListenerConfig grpc,
    ListenerConfig http,
    ConnectionsConfig connections,
    CorsConfig cors,
    CredentialsConfig credentials,
    TenantsConfig tenants,
    int maxRequestBytes,
    long maxInFlightBytes,
    LogsPartitioning partitionLogsBy,
    Hasher hasher,
    List<String> metadataHeaders,
    PublisherConfig producer,
    Duration drainTimeout) {

  public static final GatewaySection DEFAULT =
      new GatewaySection(
          new ListenerConfig("0.0.0.0", 4317),
          new ListenerConfig("0.0.0.0", 4318),
          ConnectionsConfig.DEFAULT,
          CorsConfig.NONE,
          CredentialsConfig.NONE,
          TenantsConfig.NONE,
          16 << 20,
          128 << 20,
          LogsPartitioning.RESOURCE,
          Hasher.MURMUR2,
          List.of(),
          PublisherConfig.DEFAULT,
          Duration.ofSeconds(10));

  public GatewaySection {
    if (grpc.port() == http.port() && grpc.port() != 0) {
      throw new InvalidConfig("http.port", http.port(), "another port than gateway.grpc.port");
    }
    requireOwnPort("grpc", grpc.proxyProtocol(), List.of(grpc.port(), http.port()));
    int grpcProxy = grpc.proxyProtocol().port().orElse(0);
    requireOwnPort("http", http.proxyProtocol(), List.of(grpc.port(), http.port(), grpcProxy));
    if (maxRequestBytes < 1 << 10 || maxRequestBytes > 256 << 20) {
      throw new InvalidConfig("max-request-bytes", maxRequestBytes, "1024 to 268435456");
    }
    // A request is held as received, as decoded, as protobuf if it was JSON, and as records.
    long least = Math.max(4L * maxRequestBytes, 64 << 10);
    if (maxInFlightBytes < least) {
      throw new InvalidConfig(
          "max-in-flight-bytes",
          maxInFlightBytes,
          "at least four times max-request-bytes, " + least);
    }
    metadataHeaders = MetadataHeaders.checked(metadataHeaders, credentials.apiKeyHeader());
    if (drainTimeout.isNegative() || drainTimeout.compareTo(Duration.ofMinutes(10)) > 0) {
      throw new InvalidConfig("drain-timeout", drainTimeout, "0s to 10m");
    }
  }

  private static void requireOwnPort(
      String listener, ProxyProtocolConfig proxyProtocol, List<Integer> taken) {
    int port = proxyProtocol.port().orElse(0);
    if (port != 0 && taken.contains(port)) {
      throw new InvalidConfig(
          listener + ".proxy-protocol.port", port, "a port of its own, not one that is used here");
    }
  }
}
