package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.TlsKeyPair;
import io.grpc.ManagedChannel;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.CannotStart;
import io.millrace.gateway.TlsFiles.Unusable;
import io.netty.handler.ssl.SslContextBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates sign themselves: who trusts one trusts nobody else. */
class TlsIT {

  private static final TlsKeyPair CLIENT = TlsKeyPair.ofSelfSigned("client");
  private static final TlsKeyPair STRANGER = TlsKeyPair.ofSelfSigned("stranger");

  @TempDir static Path dir;
  private static EmbeddedBroker broker;
  private static TestPipeline pipeline;
  private static TlsKeyPair server = TlsKeyPair.ofSelfSigned("localhost");

  @BeforeAll
  static void start() throws IOException {
    broker = EmbeddedBroker.start(dir.resolve("broker"), 0);
    write(server);
    Files.writeString(dir.resolve("client-ca.pem"), certificate(CLIENT));
    pipeline =
        TestPipeline.start(
            broker,
            TestPipeline.section(
                "gateway.grpc.tls.certificate=" + dir.resolve("certificate.pem"),
                "gateway.grpc.tls.key=" + dir.resolve("key.pem"),
                "gateway.grpc.tls.client-ca=" + dir.resolve("client-ca.pem"),
                "gateway.http.tls.certificate=" + dir.resolve("certificate.pem"),
                "gateway.http.tls.key=" + dir.resolve("key.pem")));
  }

  @AfterAll
  static void stop() {
    pipeline.close();
    broker.close();
  }

  @AfterEach
  void shouldBalance() {
    pipeline.assertBalanced();
    LeakWatch.assertNone();
  }

  @Test
  void shouldServeHttp2OverTls() throws Exception {
    assertThat(export(pipeline.gateway.httpPort(), server, Optional.empty()))
        .isEqualTo(ExportTraceServiceResponse.getDefaultInstance());
  }

  @Test
  void shouldServeClientsWithACertificateOnlyWhereOneIsAsked() throws Exception {
    int port = pipeline.gateway.grpcPort();
    assertThat(export(port, server, Optional.of(CLIENT))).isNotNull();
    assertThatThrownBy(() -> export(port, server, Optional.empty()))
        .hasMessageContaining("UNAVAIL");
    assertThatThrownBy(() -> export(port, server, Optional.of(STRANGER)))
        .hasMessageContaining("UNAVAIL");
  }

  @Test
  void shouldReadChangedCertificates() throws Exception {
    // Given
    TlsKeyPair next = TlsKeyPair.ofSelfSigned("localhost");

    // When
    write(next);

    // Then
    server = next;
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> export(pipeline.gateway.httpPort(), next, Optional.empty()) != null);
  }

  @Test
  void shouldReadChangedClientAuthorities() throws Exception {
    // Given
    int port = pipeline.gateway.grpcPort();
    assertThat(export(port, server, Optional.of(CLIENT))).isNotNull();

    // When
    Files.writeString(dir.resolve("client-ca.pem"), certificate(STRANGER));

    // Then
    awaitServed(port, STRANGER);
    assertThatThrownBy(() -> export(port, server, Optional.of(CLIENT)))
        .hasMessageContaining("UNAVAIL");
    Files.writeString(dir.resolve("client-ca.pem"), certificate(CLIENT));
    awaitServed(port, CLIENT);
  }

  private static void awaitServed(int port, TlsKeyPair client) {
    await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(() -> export(port, server, Optional.of(client)) != null);
  }

  @Test
  void shouldSayThatItReadsNoEd25519Keys() throws Exception {
    // Given
    Path folder = Files.createDirectory(dir.resolve("ed25519"));
    TlsKeyPair pair = ed25519(folder.resolve("store.p12"));
    Path certificate = Files.writeString(folder.resolve("a.pem"), certificate(pair));
    Path key = Files.writeString(folder.resolve("b.pem"), key(pair));

    TlsConfig config = new TlsConfig(Optional.of(certificate), Optional.of(key), Optional.empty());

    // When, Then
    assertThatThrownBy(() -> new TlsFiles("gateway.grpc", config))
        .isInstanceOf(Unusable.class)
        .hasMessage(certificate + ": an EdDSA key (expected: RSA or EC)");
  }

  private static TlsKeyPair ed25519(Path store) throws Exception {
    String keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    Process process =
        new ProcessBuilder(
                List.of(
                    keytool,
                    "-genkeypair",
                    "-alias",
                    "a",
                    "-keyalg",
                    "Ed25519",
                    "-dname",
                    "CN=localhost",
                    "-ext",
                    "san=dns:localhost",
                    "-storetype",
                    "PKCS12",
                    "-keystore",
                    store.toString(),
                    "-storepass",
                    "changeit"))
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    KeyStore keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    PrivateKey key = (PrivateKey) keys.getKey("a", "changeit".toCharArray());
    return TlsKeyPair.of(key, (X509Certificate) keys.getCertificate("a"));
  }

  @Test
  void shouldKeepWhatItHasWhenFilesCannotBeUsed() throws Exception {
    // Given
    Path folder = Files.createDirectory(dir.resolve("broken"));
    TlsKeyPair pair = TlsKeyPair.ofSelfSigned("localhost");
    Path certificate = Files.writeString(folder.resolve("a.pem"), certificate(pair));
    Path key = Files.writeString(folder.resolve("b.pem"), key(pair));
    TlsConfig config = new TlsConfig(Optional.of(certificate), Optional.of(key), Optional.empty());
    TlsFiles files = new TlsFiles("gateway.grpc", config);

    // When
    Files.writeString(key, key(STRANGER));
    Files.setLastModifiedTime(key, FileTime.fromMillis(1));
    files.refresh();

    // Then
    assertThat(files.keyPair("localhost")).isEqualTo(pair);
  }

  @Test
  void shouldNotStartWithFilesThatAreNone() {
    Path missing = dir.resolve("missing.pem");
    TlsConfig config = new TlsConfig(Optional.of(missing), Optional.of(missing), Optional.empty());
    assertThatThrownBy(
            () ->
                OtlpServer.start(
                    "gateway.grpc",
                    new ListenerConfig("127.0.0.1", 0, config),
                    null,
                    new OtlpServer.Parts(TestPipeline.section(), null, null, null, null, null)))
        .isInstanceOf(CannotStart.class)
        .hasMessage("gateway.grpc.tls: %s: no certificates in PEM".formatted(missing));
  }

  private static ExportTraceServiceResponse export(
      int port, TlsKeyPair trusted, Optional<TlsKeyPair> own) throws Exception {
    SslContextBuilder tls =
        GrpcSslContexts.forClient().trustManager(trusted.certificateChain().get(0));
    own.ifPresent(pair -> tls.keyManager(pair.privateKey(), pair.certificateChain()));
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port)
            .overrideAuthority("localhost")
            .sslContext(tls.build())
            .build();
    try {
      return TraceServiceGrpc.newBlockingStub(channel).export(Otlp.spans(1, 1));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void write(TlsKeyPair pair) throws IOException {
    Files.writeString(dir.resolve("key.pem"), key(pair));
    Files.writeString(dir.resolve("certificate.pem"), certificate(pair));
  }

  private static String key(TlsKeyPair pair) {
    return pem("PRIVATE KEY", pair.privateKey().getEncoded());
  }

  private static String certificate(TlsKeyPair pair) {
    try {
      return pem("CERTIFICATE", pair.certificateChain().get(0).getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(String type, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type);
  }
}
