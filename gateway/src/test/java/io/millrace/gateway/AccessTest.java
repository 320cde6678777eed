package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.millrace.gateway.Access.Verdict;
import io.millrace.gateway.Access.Verdict.Denied;
import io.millrace.gateway.Access.Verdict.Granted;
import io.millrace.gateway.Answer.Refused;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code one} is for team-a and team-b, {@code two} for any tenant. */
class AccessTest {

  private static final String UNKNOWN = "credential: unknown (expected: one that this gateway has)";

  @TempDir Path dir;
  private Credentials credentials;
  private long nanos;

  @BeforeEach
  void write() throws Exception {
    Path file = dir.resolve("credentials");
    Files.writeString(
        file, CredentialsTest.ONE + " team-a team-b\n" + CredentialsTest.TWO + " *\n");
    credentials = new Credentials(file, success -> {});
  }

  /** The table of README.md, without credentials. */
  @ParameterizedTest
  @CsvSource({
    // default, known, header, then the tenant or the refusal
    ",       ,                ,       ",
    ",       ,                team-a, team-a",
    ",       ,                a/b,    INVALID_TENANT",
    ",       ,                '',     INVALID_TENANT",
    "team-d, ,                ,       team-d",
    "team-d, ,                team-a, team-a",
    ",       team-a;team-b,   team-b, team-b",
    ",       team-a;team-b,   team-c, UNKNOWN_TENANT",
    ",       team-a;team-b,   ,       UNKNOWN_TENANT",
    "team-b, team-a;team-b,   ,       team-b",
  })
  void shouldResolveTenants(String defaultTenant, String known, String header, String expected) {
    Access access = access(Optional.empty(), defaultTenant, known);
    assertThat(outcome(access.check(headers(null, null, header)))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    // default, known, authorization, API key, header, then the tenant or the refusal
    ",       ,       ,             ,    team-a, UNAUTHENTICATED",
    ",       ,       Bearer none,  ,    team-a, UNAUTHENTICATED",
    ",       ,       'Bearer ',    ,    team-a, UNAUTHENTICATED",
    ",       ,       ,             '',  team-a, UNAUTHENTICATED",
    ",       ,       Bearer none,  one, team-a, UNAUTHENTICATED",
    ",       ,       Basic b25l,   ,    team-a, UNAUTHENTICATED",
    ",       ,       Basic b25l,   one, team-a, team-a",
    ",       ,       Bearer one,   ,    ,       team-a",
    ",       ,       bearer one,   ,    team-b, team-b",
    ",       ,       ,             one, team-b, team-b",
    ",       ,       Bearer one,   ,    team-c, TENANT_NOT_PERMITTED",
    ",       ,       Bearer one,   ,    a/b,    INVALID_TENANT",
    "team-d, ,       Bearer one,   ,    ,       team-a",
    ",       ,       Bearer two,   ,    ,       ",
    "team-d, ,       Bearer two,   ,    ,       team-d",
    ",       ,       Bearer two,   ,    team-c, team-c",
    ",       team-b, Bearer two,   ,    team-c, UNKNOWN_TENANT",
    ",       team-b, Bearer one,   ,    ,       UNKNOWN_TENANT",
  })
  void shouldResolveCredentials(
      String defaultTenant,
      String known,
      String authorization,
      String apiKey,
      String header,
      String expected) {
    Access access = access(Optional.of(credentials), defaultTenant, known);
    assertThat(outcome(access.check(headers(authorization, apiKey, header)))).isEqualTo(expected);
  }

  @Test
  void shouldSayWhatIsMissing() {
    Access access = access(Optional.of(credentials), null, "team-b");
    assertThat(message(access, headers(null, null, null)))
        .isEqualTo("credential: none (expected: Authorization: Bearer TOKEN, or X-API-Key)");
    assertThat(message(access, headers("Bearer sesame", null, null))).isEqualTo(UNKNOWN);
    assertThat(message(access, headers(null, "sesame", null))).isEqualTo(UNKNOWN);
    assertThat(message(access, headers("Bearer one", null, "team-c")))
        .isEqualTo("tenant: team-c (expected: one that the credential is for)");
    assertThat(message(access, headers("Bearer two", null, "team-c")))
        .isEqualTo("tenant: team-c (expected: in X-Scope-OrgID, one that this gateway knows)");
    assertThat(message(access, headers("Bearer two", null, null)))
        .isEqualTo("tenant: none (expected: in X-Scope-OrgID, one that this gateway knows)");
  }

  @Test
  void shouldIgnoreCredentialsWhereNoneIsNeeded() {
    Access access = access(Optional.empty(), null, null);
    assertThat(outcome(access.check(headers("Bearer none", "none", null)))).isNull();
    assertThat(outcome(access.check(headers("Bearer one", null, null)))).isNull();
  }

  @Test
  void shouldTurnAwayTenantsOverTheirLimitFromTheirHeaders() {
    // Given
    GatewaySection config =
        TestPipeline.configured("tenants.limits.bytes-per-second=10", "tenants.limits.burst=1s");
    TenantLimits limits = new TenantLimits(config.tenants(), () -> nanos);
    Access access = new Access(config, Optional.empty(), limits);
    limits.of("noisy").takeBytes(10);
    assertThat(outcome(access.check(headers(null, null, "noisy")))).isEqualTo("noisy");
    limits.of("noisy").takeBytes(5);

    // When, Then
    assertThat(access.check(headers(null, null, "noisy")))
        .isEqualTo(
            new Denied(
                new Refused(
                    Refusal.OVER_TENANT_LIMIT,
                    "tenant: over its limit (expected: at most 10 bytes per second)",
                    Optional.of(Duration.ofSeconds(1))),
                "noisy"));
    assertThat(outcome(access.check(headers(null, null, "quiet")))).isEqualTo("quiet");
    nanos += Duration.ofMillis(500).toNanos();
    assertThat(outcome(access.check(headers(null, null, "noisy")))).isEqualTo("noisy");
  }

  private static Access access(
      Optional<Credentials> credentials, String defaultTenant, String known) {
    GatewaySection config =
        TestPipeline.configured(
            "tenants.default-tenant=" + (defaultTenant == null ? "" : defaultTenant),
            "tenants.known=[" + (known == null ? "" : known.replace(';', ',')) + "]");
    return new Access(config, credentials, new TenantLimits(config.tenants(), () -> 0));
  }

  private static RequestHeaders headers(String authorization, String apiKey, String tenant) {
    RequestHeadersBuilder headers = RequestHeaders.builder(HttpMethod.POST, "/v1/traces");
    if (authorization != null) {
      headers.add("authorization", authorization);
    }
    if (apiKey != null) {
      headers.add("x-api-key", apiKey);
    }
    if (tenant != null) {
      headers.add("x-scope-orgid", tenant);
    }
    return headers.build();
  }

  /** The tenant, or the refusal's name. */
  private static String outcome(Verdict verdict) {
    return verdict instanceof Granted granted
        ? granted.tenant()
        : ((Denied) verdict).answer().reason().name();
  }

  private static String message(Access access, RequestHeaders headers) {
    return ((Denied) access.check(headers)).answer().message();
  }
}
