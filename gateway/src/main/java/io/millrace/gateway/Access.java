package io.millrace.gateway;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.RequestHeaders;
import io.millrace.gateway.Answer.Refused;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may send to one listener, and for which tenant. Decided from a request's headers, before its
 * body is read, so that who may not send costs no memory. Any thread.
 */
final class Access {

  private static final String BEARER = "Bearer ";

  private final Optional<Credentials> credentials;
  private final String apiKeyHeader;
  private final Optional<String> defaultTenant;
  private final Set<String> known;
  private final TenantLimits limits;

  /**
   * @param credentials empty if requests need none; then they are not looked at
   */
  Access(GatewaySection config, Optional<Credentials> credentials, TenantLimits limits) {
    this.credentials = credentials;
    this.limits = limits;
    apiKeyHeader = config.credentials().apiKeyHeader();
    defaultTenant = config.tenants().defaultTenant();
    known = Set.copyOf(config.tenants().known());
  }

  /** What the headers of a request come to. */
  sealed interface Verdict {

    /**
     * Its body may be read.
     *
     * @param tenant null if it has none
     */
    record Granted(@Nullable String tenant) implements Verdict {}

    /**
     * @param tenant null if it is not established
     */
    record Denied(Refused answer, @Nullable String tenant) implements Verdict {

      Denied(Refusal reason, String message) {
        this(new Refused(reason, message), null);
      }
    }
  }

  Verdict check(RequestHeaders headers) {
    if (credentials.isEmpty()) {
      return tenant(headers, Optional.empty());
    }
    String token = token(headers);
    if (token == null) {
      return new Verdict.Denied(
          Refusal.UNAUTHENTICATED,
          "credential: none (expected: Authorization: Bearer TOKEN, or " + apiKeyHeader + ")");
    }
    Optional<Credential> credential = credentials.get().find(token);
    if (credential.isEmpty()) {
      return new Verdict.Denied(
          Refusal.UNAUTHENTICATED, "credential: unknown (expected: one that this gateway has)");
    }
    return tenant(headers, credential);
  }

  private @Nullable String token(RequestHeaders headers) {
    String authorization = headers.get(HttpHeaderNames.AUTHORIZATION);
    if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return authorization.substring(BEARER.length()).strip();
    }
    return headers.get(apiKeyHeader);
  }

  private Verdict tenant(RequestHeaders headers, Optional<Credential> credential) {
    String named = headers.get(Tenant.HEADER);
    if (named != null && !Tenant.isValid(named)) {
      return new Verdict.Denied(
          Refusal.INVALID_TENANT, Tenant.HEADER + " (expected: " + Tenant.RULE + ")");
    }
    String tenant =
        Optional.ofNullable(named)
            .or(() -> credential.flatMap(Credential::defaultTenant))
            .or(() -> defaultTenant)
            .orElse(null);
    if (credential.isPresent() && !credential.get().permits(tenant)) {
      return new Verdict.Denied(
          Refusal.TENANT_NOT_PERMITTED,
          "tenant: %s (expected: one that the credential is for)".formatted(tenant));
    }
    if (!known.isEmpty() && (tenant == null || !known.contains(tenant))) {
      return new Verdict.Denied(
          Refusal.UNKNOWN_TENANT,
          "tenant: %s (expected: in %s, one that this gateway knows)"
              .formatted(tenant == null ? "none" : tenant, Tenant.HEADER));
    }
    return limits
        .of(tenant)
        .closed()
        .<Verdict>map(refused -> new Verdict.Denied(refused, tenant))
        .orElseGet(() -> new Verdict.Granted(tenant));
  }
}
