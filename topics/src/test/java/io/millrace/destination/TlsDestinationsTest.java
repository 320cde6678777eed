package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.Server;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.ClientTlsConfig;
import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import io.millrace.destination.DestinationConfig.Compression;
import io.millrace.destination.DestinationConfig.Order;
import io.millrace.otlp.Signal;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContextBuilder;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceResponse;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real servers, one for each protocol, that are for localhost and ask clients for a certificate.
 */
@Timeout(60)
class TlsDestinationsTest {

  @TempDir static Path dir;
  private static TestCertificate server;
  private static TestCertificate client;
  private static TestCertificate stranger;
  private static HttpsServer https;
  private static Server grpcs;

  @BeforeAll
  static void start() throws Exception {
    server = TestCertificate.create(dir, "server", "dns:localhost");
    client = TestCertificate.create(dir, "client", "dns:client");
    stranger = TestCertificate.create(dir, "stranger", "dns:localhost");
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    https = HttpsServer.create(any, 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(server.server(client)) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters own = getSSLContext().getDefaultSSLParameters();
            own.setNeedClientAuth(true);
            parameters.setSSLParameters(own);
          }
        });
    https.createContext(
        "/",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    https.start();
    grpcs =
        NettyServerBuilder.forAddress(any)
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                            server.certificate().toFile(), server.key().toFile()))
                    .trustManager(client.certificate().toFile())
                    .clientAuth(ClientAuth.REQUIRE)
                    .build())
            .addService(new Accepting())
            .build()
            .start();
  }

  @AfterAll
  static void stop() {
    https.stop(0);
    grpcs.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldDeliverToAServerItTrustsAndShowItsCertificate(String scheme) throws Exception {
    assertThat(send(scheme, "localhost", tls(server, client, Optional.empty())))
        .isEqualTo(Answer.Accepted.ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldWaitRatherThanTalkToAServerItDoesNotTrust(String scheme) throws Exception {
    assertThat(send(scheme, "localhost", tls(stranger, client, Optional.empty())))
        .isInstanceOf(Answer.Busy.class);
    assertThat(
            send(
                scheme,
                "localhost",
                new ClientTlsConfig(
                    Optional.empty(),
                    Optional.of(client.certificate()),
                    Optional.of(client.key()),
                    false,
                    Optional.empty())))
        .isInstanceOf(Answer.Busy.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldWaitWhereItsCertificateIsNotWanted(String scheme) throws Exception {
    assertThat(send(scheme, "localhost", tls(server, stranger, Optional.empty())))
        .isInstanceOf(Answer.Busy.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldCheckTheNameOfTheServer(String scheme) throws Exception {
    // The certificate is for localhost, not for its address.
    assertThat(send(scheme, "127.0.0.1", tls(server, client, Optional.empty())))
        .isInstanceOf(Answer.Busy.class);
    assertThat(send(scheme, "127.0.0.1", tls(server, client, Optional.of("localhost"))))
        .isEqualTo(Answer.Accepted.ALL);
    assertThat(send(scheme, "localhost", tls(server, client, Optional.of("elsewhere"))))
        .isInstanceOf(Answer.Busy.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldTalkToAnyoneWhenToldTo(String scheme) throws Exception {
    ClientTlsConfig anyone =
        new ClientTlsConfig(
            Optional.empty(),
            Optional.of(client.certificate()),
            Optional.of(client.key()),
            true,
            Optional.empty());
    assertThat(send(scheme, "127.0.0.1", anyone)).isEqualTo(Answer.Accepted.ALL);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldReadChangedFilesForTheNextConnection(String scheme) throws Exception {
    // Given a file that trusts another server
    TestCertificate own = TestCertificate.create(dir, "own-" + scheme, "dns:localhost");
    try (Destination destination = open(scheme, "localhost", tls(own, client, Optional.empty()))) {
      assertThat(answer(destination)).isInstanceOf(Answer.Busy.class);
      // When
      server.writeTo(own);
      // Then; a channel waits before it connects again
      Answer answer = answer(destination);
      while (answer instanceof Answer.Busy) {
        answer = answer(destination);
      }
      assertThat(answer).isEqualTo(Answer.Accepted.ALL);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"https", "grpcs"})
  void shouldSayAtTheStartWhichFileCannotBeUsed(String scheme) throws Exception {
    Path broken = Files.writeString(dir.resolve("broken.pem"), "nothing");
    TestCertificate mixed = new TestCertificate(broken, client.key(), client.store());
    assertThatThrownBy(() -> open(scheme, "localhost", tls(mixed, client, Optional.empty())))
        .isInstanceOf(CannotStart.class)
        .hasMessage("tls: " + broken + ": no certificates in PEM");
    Path absent = dir.resolve("absent.pem");
    TestCertificate missing = new TestCertificate(client.certificate(), absent, client.store());
    assertThatThrownBy(() -> open(scheme, "localhost", tls(server, missing, Optional.empty())))
        .hasMessage("tls: " + absent + ": cannot be read (NoSuchFileException)");
  }

  @Test
  void shouldRefuseACertificateWithoutItsKey() {
    assertThatThrownBy(
            () ->
                new ClientTlsConfig(
                    Optional.empty(),
                    Optional.of(client.certificate()),
                    Optional.empty(),
                    false,
                    Optional.empty()))
        .hasMessage("key-file: missing (expected: both or none of them)");
  }

  private static ClientTlsConfig tls(
      TestCertificate trusted, TestCertificate shown, Optional<String> name) {
    return new ClientTlsConfig(
        Optional.of(trusted.certificate()),
        Optional.of(shown.certificate()),
        Optional.of(shown.key()),
        false,
        name);
  }

  private static Answer send(String scheme, String host, ClientTlsConfig tls) throws Exception {
    try (Destination destination = open(scheme, host, tls)) {
      return answer(destination);
    }
  }

  private static Answer answer(Destination destination) throws Exception {
    byte[] value = {};
    return destination
        .send(new Batch(Signal.TRACES, "", List.of(value), 0, 1))
        .get(30, TimeUnit.SECONDS);
  }

  private static Destination open(String scheme, String host, ClientTlsConfig tls) {
    int port = scheme.equals("https") ? https.getAddress().getPort() : grpcs.getPort();
    return Destinations.open(
        Signal.TRACES,
        new DestinationConfig(
            "%s://%s:%d".formatted(scheme, host, port),
            true,
            Map.of(),
            Compression.GZIP,
            Optional.empty(),
            tls,
            Duration.ofSeconds(20),
            Order.NONE,
            1 << 20,
            2),
        1);
  }

  private static final class Accepting extends TraceServiceGrpc.TraceServiceImplBase {

    @Override
    public void export(
        ExportTraceServiceRequest request, StreamObserver<ExportTraceServiceResponse> response) {
      response.onNext(ExportTraceServiceResponse.getDefaultInstance());
      response.onCompleted();
    }
  }
}
