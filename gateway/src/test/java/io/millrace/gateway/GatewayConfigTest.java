package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.daemon.ConfigReader;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.Hasher;
import io.millrace.otlp.LogsPartitioning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GatewayConfigTest {

  private static final Pattern ROW = Pattern.compile("\\| `(gateway\\.[a-z.-]+)` \\| `([^`]+)` .*");

  @Test
  void shouldBeDescribedInTheReadme() throws IOException {
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .map(ROW::matcher)
            .filter(row -> row.matches())
            .map(row -> row.group(1) + "=" + row.group(2))
            .toList();

    // Every key is there, each default is the one in the code.
    assertThat(rows).hasSize(leaves(GatewaySection.class)).doesNotHaveDuplicates();
    assertThat(rows).allSatisfy(row -> assertThat(read(row)).isEqualTo(GatewayConfig.DEFAULT));
  }

  @Test
  void shouldReadEveryKey() {
    GatewayConfig config =
        read(
            "gateway.grpc.host=127.0.0.1",
            "gateway.grpc.port=1",
            "gateway.grpc.tls.certificate=a.pem",
            "gateway.grpc.tls.key=b.pem",
            "gateway.grpc.tls.client-ca=c.pem",
            "gateway.grpc.proxy-protocol.port=3",
            "gateway.grpc.proxy-protocol.trusted=[10.0.0.0/8, \"::1\"]",
            "gateway.grpc.require-credentials=false",
            "gateway.http.host=localhost",
            "gateway.http.port=2",
            "gateway.connections.max=1",
            "gateway.connections.max-age=0",
            "gateway.connections.max-age-grace=0",
            "gateway.connections.idle-timeout=1s",
            "gateway.connections.ping-interval=0",
            "gateway.connections.receive-timeout=1s",
            "gateway.cors.allowed-origins=[\"https://a.example\", \"http://b:8080\"]",
            "gateway.credentials.file=d.txt",
            "gateway.credentials.api-key-header=Key",
            "gateway.tenants.default-tenant=c",
            "gateway.tenants.known=[a.b, c]",
            "gateway.tenants.limits.bytes-per-second=1MiB",
            "gateway.tenants.limits.items-per-second=7",
            "gateway.tenants.limits.burst=3s",
            "gateway.tenants.overrides.\"a.b\".bytes-per-second=2MiB",
            "gateway.max-request-bytes=1MiB",
            "gateway.max-in-flight-bytes=2GiB",
            "gateway.partition-logs-by=trace-id",
            "gateway.hasher=fnv-1a",
            "gateway.metadata-headers=[X-Region, user-agent]",
            "gateway.producer.linger=0",
            "gateway.producer.batch-bytes=1KiB",
            "gateway.producer.compression=lz4",
            "gateway.producer.delivery-timeout=2s",
            "gateway.drain-timeout=0");
    assertThat(config.gateway())
        .isEqualTo(
            new GatewaySection(
                new ListenerConfig(
                    "127.0.0.1",
                    1,
                    new TlsConfig(
                        Optional.of(Path.of("a.pem")),
                        Optional.of(Path.of("b.pem")),
                        Optional.of(Path.of("c.pem"))),
                    new ProxyProtocolConfig(Optional.of(3), List.of("10.0.0.0/8", "::1")),
                    false),
                new ListenerConfig("localhost", 2),
                new ConnectionsConfig(
                    1,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    Duration.ZERO,
                    Duration.ofSeconds(1)),
                new CorsConfig(List.of("https://a.example", "http://b:8080")),
                new CredentialsConfig(Optional.of(Path.of("d.txt")), "Key"),
                new TenantsConfig(
                    Optional.of("c"),
                    List.of("a.b", "c"),
                    new LimitConfig(1 << 20, 7, Duration.ofSeconds(3)),
                    Map.of(
                        "a.b",
                        new LimitOverride(
                            Optional.of(2L << 20), Optional.empty(), Optional.empty()))),
                1 << 20,
                2L << 30,
                LogsPartitioning.TRACE_ID,
                Hasher.FNV_1A,
                List.of("x-region", "user-agent"),
                new PublisherConfig(
                    Duration.ZERO, 1 << 10, PublisherConfig.Compression.LZ4, Duration.ofSeconds(2)),
                Duration.ZERO));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gateway.grpc.port=65536 | gateway.grpc.port: 65536 (expected: 0 to 65535)",
        "gateway.grpc.port=-1 | gateway.grpc.port: -1 (expected: 0 to 65535)",
        "gateway.grpc.tls.certificate=a.pem"
            + " | gateway.grpc.tls.key: missing (expected: both or none of them)",
        "gateway.http.tls.key=b.pem"
            + " | gateway.http.tls.certificate: missing (expected: both or none of them)",
        "gateway.http.tls.client-ca=c.pem"
            + " | gateway.http.tls.client-ca: c.pem (expected: certificate and key with it)",
        "gateway.http.port=4317"
            + " | gateway.http.port: 4317 (expected: another port than gateway.grpc.port)",
        "gateway.grpc.proxy-protocol.port=1"
            + " | gateway.grpc.proxy-protocol.trusted: none"
            + " (expected: the addresses of the load balancers)",
        "gateway.grpc.proxy-protocol.trusted=[10.0.0.1]"
            + " | gateway.grpc.proxy-protocol.port: none"
            + " (expected: the port on which the trusted ones connect)",
        "gateway.grpc.proxy-protocol={port: 1, trusted: [10.0.0.0/33]}"
            + " | gateway.grpc.proxy-protocol.trusted: 10.0.0.0/33"
            + " (expected: addresses such as 10.1.2.3, 10.0.0.0/8 or fd00::/8)",
        "gateway.grpc.proxy-protocol={port: 65536, trusted: [10.0.0.0]}"
            + " | gateway.grpc.proxy-protocol.port: 65536 (expected: 0 to 65535)",
        "gateway.grpc.proxy-protocol={port: 4318, trusted: [10.0.0.0]}"
            + " | gateway.grpc.proxy-protocol.port: 4318"
            + " (expected: a port of its own, not one that is used here)",
        "gateway.connections.max=0 | gateway.connections.max: 0 (expected: 1 to 1000000)",
        "gateway.connections.max=1000001"
            + " | gateway.connections.max: 1000001 (expected: 1 to 1000000)",
        "gateway.connections.max-age=999ms"
            + " | gateway.connections.max-age: 999ms (expected: 0s for never, or 1s to 365d)",
        "gateway.connections.max-age-grace=601s"
            + " | gateway.connections.max-age-grace: 10m1s (expected: 0s to 10m)",
        "gateway.connections.idle-timeout=999ms"
            + " | gateway.connections.idle-timeout: 999ms (expected: 1s to 1d)",
        "gateway.connections.ping-interval=2m | gateway.connections.ping-interval: 2m"
            + " (expected: 0s for none, or 1s to less than idle-timeout)",
        "gateway.connections.receive-timeout=999ms"
            + " | gateway.connections.receive-timeout: 999ms (expected: 1s to 10m)",
        "gateway={max-request-bytes: 1KiB, max-in-flight-bytes: 65535}"
            + " | gateway.max-in-flight-bytes: 65535"
            + " (expected: at least four times max-request-bytes, 65536)",
        "gateway.cors.allowed-origins=[https://a.example/]"
            + " | gateway.cors.allowed-origins: https://a.example/"
            + " (expected: scheme://host[:port] without a path, or * alone)",
        "gateway.credentials.api-key-header=a:b"
            + " | gateway.credentials.api-key-header: \"a:b\""
            + " (expected: the name of an HTTP header, none of Authorization, X-Scope-OrgID)",
        "gateway.credentials.api-key-header=authorization"
            + " | gateway.credentials.api-key-header: \"authorization\""
            + " (expected: the name of an HTTP header, none of Authorization, X-Scope-OrgID)",
        "gateway.tenants.default-tenant=a/b"
            + " | gateway.tenants.default-tenant: \"a/b\""
            + " (expected: 1 to 150 of a-z A-Z 0-9 ! - _ . * ' ( ), not . or ..)",
        "gateway.tenants.known=[a, '']"
            + " | gateway.tenants.known[1]: \"\""
            + " (expected: 1 to 150 of a-z A-Z 0-9 ! - _ . * ' ( ), not . or ..)",
        "gateway.tenants={known: [a], default-tenant: b}"
            + " | gateway.tenants.default-tenant: b"
            + " (expected: a tenant of gateway.tenants.known)",
        "gateway.tenants={known: [a], overrides: {b: {burst: 1s}}}"
            + " | gateway.tenants.overrides: b (expected: a tenant of gateway.tenants.known)",
        "gateway.tenants.limits.bytes-per-second=-1"
            + " | gateway.tenants.limits.bytes-per-second: -1"
            + " (expected: 0 to 1099511627776, 0 for no limit)",
        "gateway.tenants.limits.items-per-second=1099511627777"
            + " | gateway.tenants.limits.items-per-second: 1099511627777"
            + " (expected: 0 to 1099511627776, 0 for no limit)",
        "gateway.tenants.limits.burst=999ms"
            + " | gateway.tenants.limits.burst: 999ms (expected: 1s to 1h)",
        "gateway.tenants.overrides.a.burst=3601s"
            + " | gateway.tenants.overrides.a.burst: 1h1s (expected: 1s to 1h)",
        "gateway.max-request-bytes=1023"
            + " | gateway.max-request-bytes: 1023 (expected: 1024 to 268435456)",
        "gateway.max-request-bytes=268435457"
            + " | gateway.max-request-bytes: 268435457 (expected: 1024 to 268435456)",
        "gateway.max-in-flight-bytes=67108863"
            + " | gateway.max-in-flight-bytes: 67108863"
            + " (expected: at least four times max-request-bytes, 67108864)",
        "gateway.metadata-headers=[Authorization] | gateway.metadata-headers: authorization"
            + " (expected: no secret, no tenant, and nothing of Millrace's own)",
        "gateway={metadata-headers: [my-key], credentials: {api-key-header: My-Key}}"
            + " | gateway.metadata-headers: my-key"
            + " (expected: no secret, no tenant, and nothing of Millrace's own)",
        "gateway.metadata-headers=[x-scope-orgid] | gateway.metadata-headers: x-scope-orgid"
            + " (expected: no secret, no tenant, and nothing of Millrace's own)",
        "gateway.metadata-headers=[millrace-items] | gateway.metadata-headers: millrace-items"
            + " (expected: no secret, no tenant, and nothing of Millrace's own)",
        "gateway.metadata-headers=[':path'] | gateway.metadata-headers: :path"
            + " (expected: names of text headers, up to 64 letters, digits, . _ or -)",
        "gateway.metadata-headers=[trace-bin] | gateway.metadata-headers: trace-bin"
            + " (expected: names of text headers, up to 64 letters, digits, . _ or -)",
        "gateway.metadata-headers=[a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q]"
            + " | gateway.metadata-headers: 17 names (expected: at most 16)",
        "gateway.producer.linger=1001ms" + " | gateway.producer.linger: 1s1ms (expected: 0s to 1s)",
        "gateway.producer.batch-bytes=1023"
            + " | gateway.producer.batch-bytes: 1023 (expected: 1024 to 16777216)",
        "gateway.producer.batch-bytes=16777217"
            + " | gateway.producer.batch-bytes: 16777217 (expected: 1024 to 16777216)",
        "gateway.producer.delivery-timeout=1999ms"
            + " | gateway.producer.delivery-timeout: 1s999ms (expected: 2s to 5m)",
        "gateway.producer.delivery-timeout=301s"
            + " | gateway.producer.delivery-timeout: 5m1s (expected: 2s to 5m)",
        "gateway.drain-timeout=601s | gateway.drain-timeout: 10m1s (expected: 0s to 10m)",
        "gateway.grcp.port=1"
            + " | gateway.grcp: unknown key (expected: one of grpc, http, connections, cors,"
            + " credentials, tenants, max-request-bytes, max-in-flight-bytes, partition-logs-by,"
            + " hasher, metadata-headers, producer, drain-timeout)",
      })
  void shouldRefuse(String setting, String message) {
    assertThatThrownBy(() -> read(setting)).isInstanceOf(InvalidConfig.class).hasMessage(message);
  }

  @Test
  void shouldRefuseABlankHost() {
    assertThatThrownBy(() -> new ListenerConfig(" ", 1))
        .isInstanceOf(InvalidConfig.class)
        .hasMessage("host: \" \" (expected: an address to bind)");
  }

  private static GatewayConfig read(String... settings) {
    return ConfigReader.read(GatewayConfig.DEFAULT, Set.of(), null, List.of(settings), Map.of());
  }

  private static int leaves(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .mapToInt(part -> part.getType().isRecord() ? leaves(part.getType()) : 1)
        .sum();
  }
}
