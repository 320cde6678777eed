package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TenantTest {

  @ParameterizedTest
  @ValueSource(strings = {"a", "team-1", "A.b_c!d*e'f(g)", "...", ".a"})
  void shouldTakeNamesTheBackendsTake(String name) {
    assertThat(Tenant.isValid(name)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a b", "a|b", "a/b", "ä", "a\n", "a,b"})
  void shouldRefuseAllOthers(String name) {
    assertThat(Tenant.isValid(name)).isFalse();
  }

  @Test
  void shouldRefuseMoreThan150Characters() {
    assertThat(Tenant.isValid("a".repeat(150))).isTrue();
    assertThat(Tenant.isValid("a".repeat(151))).isFalse();
  }
}
