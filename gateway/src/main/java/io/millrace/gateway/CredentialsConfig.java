package io.millrace.gateway;

import io.millrace.daemon.InvalidConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Bearer tokens and API keys. The tokens themselves are not known here, only their hashes.
 *
 * @param file what {@link CredentialsFile} reads; looked at every second; default none: requests
 *     need no credential
 * @param apiKeyHeader where a token may be instead of {@code Authorization: Bearer}; default
 *     X-API-Key
 */
public record CredentialsConfig(Optional<Path> file, String apiKeyHeader) {

  private static final List<String> TAKEN = List.of("Authorization", Tenant.HEADER);

  public static final CredentialsConfig NONE = new CredentialsConfig(Optional.empty(), "X-API-Key");

  public CredentialsConfig {
    boolean token = apiKeyHeader.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
    if (!token || TAKEN.stream().anyMatch(apiKeyHeader::equalsIgnoreCase)) {
      throw new InvalidConfig(
          "api-key-header",
          "\"" + apiKeyHeader + "\"",
          "the name of an HTTP header, none of " + String.join(", ", TAKEN));
    }
  }
}
