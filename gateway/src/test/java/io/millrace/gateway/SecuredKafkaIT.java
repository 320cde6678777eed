package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.linecorp.armeria.common.TlsKeyPair;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.millrace.broker.EmbeddedBroker;
import io.millrace.daemon.AdminConfig;
import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Secret;
import io.millrace.otlp.Signal;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicsConfig;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialAlteration;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** A broker that takes TLS with a user's credentials only, by any of three mechanisms. */
class SecuredKafkaIT {

  private static final String PASSWORD = "open-sesame";
  private static final String PLAIN = "org.apache.kafka.common.security.plain.PlainLoginModule";
  private static final String SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule";
  private static final String OAUTH =
      "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule";

  private static final TlsKeyPair SERVER = TlsKeyPair.ofSelfSigned("localhost");

  @TempDir Path dir;
  private EmbeddedBroker broker;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(dir, 0, brokerSettings());
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"PLAIN", "SCRAM-SHA-512", "OAUTHBEARER"})
  void shouldPublish(String mechanism) throws Exception {
    // Given
    changeUser(password("millrace"));

    // When
    try (TestPipeline pipeline = TestPipeline.startWithoutTopics(kafka(mechanism))) {
      TestPipeline.createTopics(kafka("PLAIN"), pipeline.topics);
      pipeline.awaitReady();

      // Then
      assertThat(post(pipeline).statusCode()).isEqualTo(200);
      assertThat(pipeline.records(Signal.TRACES)).isNotEmpty();
    }
  }

  @Test
  void shouldRecoverWhenItsCredentialsAreMended() throws Exception {
    // Given
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    Logger log = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    log.addAppender(lines);
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    try (TestPipeline pipeline = TestPipeline.startWithoutTopics(kafka("SCRAM-SHA-512"))) {
      TestPipeline.createTopics(kafka("PLAIN"), pipeline.topics);

      // Then it says so, once it has lasted for two looks
      assertRefused(pipeline);
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(
              () ->
                  assertThat(messages(lines))
                      .anyMatch(line -> line.startsWith("not ready: Kafka at 127.0.0.1:")));

      // When
      changeUser(password("millrace"));

      // Then
      pipeline.awaitReady();
      assertThat(post(pipeline).statusCode()).isEqualTo(200);

      // When it loses them later, of which it hears as it connects again
      changeUser(new UserScramCredentialDeletion("millrace", ScramMechanism.SCRAM_SHA_512));
      broker.close();
      broker = EmbeddedBroker.start(dir, port, brokerSettings());
      assertRefused(pipeline);
      changeUser(password("millrace"));

      // Then
      pipeline.awaitReady();
      assertThat(post(pipeline).statusCode()).isEqualTo(200);
      pipeline.assertBalanced();
    }
    log.detachAppender(lines);
    assertThat(messages(lines))
        .anyMatch(line -> line.startsWith("not ready: Kafka at 127.0.0.1:"))
        .noneMatch(line -> line.contains(PASSWORD));
  }

  private static List<String> messages(ListAppender<ILoggingEvent> lines) {
    synchronized (lines) { // as its appending is
      return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
  }

  private static void assertRefused(TestPipeline pipeline) {
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () ->
                assertThat(pipeline.gateway.unready().orElse("ready"))
                    .startsWith("Kafka at 127.0.0.1:")
                    .contains("Authentication failed")
                    .doesNotContain(PASSWORD));
    HttpResponse<byte[]> refused = post(pipeline);
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(new String(refused.body(), UTF_8)).doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        PLAIN + " required username=\"millrace\" password=\"open-sesame\"",
        PLAIN + " required username=\"millrace\" password=open sesame;",
        PLAIN + " open-sesame;",
      })
  void shouldNotShowSecretsThatCannotBeRead(String jaas) {
    Map<String, Secret> properties = new HashMap<>(kafka("PLAIN").properties());
    properties.put("sasl.jaas.config", new Secret(jaas));
    KafkaConfig kafka = new KafkaConfig(broker.bootstrapServers(), properties);
    assertThatThrownBy(
            () ->
                Gateway.start(
                    new GatewayConfig(
                        kafka, TopicsConfig.DEFAULT, AdminConfig.DEFAULT, TestPipeline.section()),
                    new SimpleMeterRegistry()))
        .isInstanceOf(CannotStart.class)
        .hasNoCause()
        .hasMessage(
            "kafka: kafka.properties.sasl.jaas.config: unreadable"
                + " (expected: MODULE required KEY=\"VALUE\" ... ;)");
  }

  private static HttpResponse<byte[]> post(TestPipeline pipeline) {
    HttpRequest request =
        HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
            .header("content-type", "application/x-protobuf")
            .POST(BodyPublishers.ofByteArray(Otlp.spans(1, 20).toByteArray()))
            .build();
    return HttpClient.newHttpClient().sendAsync(request, BodyHandlers.ofByteArray()).join();
  }

  private KafkaConfig kafka(String mechanism) {
    String jaas =
        switch (mechanism) {
          case "PLAIN" -> PLAIN + credentials("admin");
          case "SCRAM-SHA-512" -> SCRAM + credentials("millrace");
          default -> OAUTH + " required unsecuredLoginStringClaim_sub=\"millrace\";";
        };
    Map<String, String> settings = new HashMap<>(clientTls());
    settings.put("security.protocol", "SASL_SSL");
    settings.put("sasl.mechanism", mechanism);
    settings.put("sasl.jaas.config", jaas);
    return new KafkaConfig(
        broker.bootstrapServers(),
        settings.entrySet().stream()
            .collect(Collectors.toMap(Map.Entry::getKey, e -> new Secret(e.getValue()))));
  }

  private static String credentials(String user) {
    return " required username=\"%s\" password=\"%s\";".formatted(user, PASSWORD);
  }

  private static Map<String, String> clientTls() {
    return Map.of(
        "ssl.truststore.type", "PEM",
        "ssl.truststore.certificates", certificate(),
        "ssl.endpoint.identification.algorithm", "");
  }

  private static Map<String, String> brokerSettings() {
    String listener = "listener.name.clients.";
    Map<String, String> settings = new HashMap<>(clientTls());
    settings.put("listener.security.protocol.map", "CLIENTS:SASL_SSL,CONTROLLER:PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-512,OAUTHBEARER");
    settings.put("sasl.mechanism.inter.broker.protocol", "PLAIN");
    settings.put(
        listener + "plain.sasl.jaas.config",
        PLAIN + credentials("admin").replace(";", "") + " user_admin=\"" + PASSWORD + "\";");
    settings.put(listener + "scram-sha-512.sasl.jaas.config", SCRAM + " required;");
    settings.put(
        listener + "oauthbearer.sasl.jaas.config",
        OAUTH + " required unsecuredLoginStringClaim_sub=\"broker\";");
    settings.put("ssl.keystore.type", "PEM");
    settings.put("ssl.keystore.certificate.chain", certificate());
    settings.put("ssl.keystore.key", pem("PRIVATE KEY", SERVER.privateKey().getEncoded()));
    return settings;
  }

  private static String certificate() {
    try {
      return pem("CERTIFICATE", SERVER.certificateChain().get(0).getEncoded());
    } catch (CertificateEncodingException e) {
      throw new AssertionError(e);
    }
  }

  private static String pem(String type, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(type, base64, type);
  }

  private static UserScramCredentialAlteration password(String user) {
    return new UserScramCredentialUpsertion(
        user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), PASSWORD);
  }

  private void changeUser(UserScramCredentialAlteration change) throws Exception {
    try (Admin admin = Admin.create(kafka("PLAIN").clientProperties("test"))) {
      admin.alterUserScramCredentials(List.of(change)).all().get();
    }
  }
}
