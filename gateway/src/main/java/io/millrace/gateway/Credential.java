package io.millrace.gateway;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the holder of one token may do.
 *
 * @param hash SHA-256 of the token
 * @param tenants it may write for, the first when a request names none; empty for any
 */
@SuppressWarnings("ArrayRecordComponent") // never compared as a record
record Credential(byte[] hash, List<String> tenants) {

  Credential {
    tenants = List.copyOf(tenants);
  }

  /** Of requests that name none. */
  Optional<String> defaultTenant() {
    return tenants.stream().findFirst();
  }

  /**
   * @param tenant null for none
   */
  boolean permits(@Nullable String tenant) {
    return tenants.isEmpty() || (tenant != null && tenants.contains(tenant));
  }
}
