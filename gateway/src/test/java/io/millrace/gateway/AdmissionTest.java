package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AdmissionTest {

  private final Admission admission = new Admission(100);

  @Test
  void shouldAdmitUpToTheLimitAndNotOneByteMore() {
    assertThat(admission.admit(60)).isTrue();
    assertThat(admission.admit(41)).isFalse();
    assertThat(admission.admit(40)).isTrue();
    assertThat(admission.admit(1)).isFalse();
    assertThat(admission.inFlightBytes()).isEqualTo(100);
  }

  @Test
  void shouldAdmitAgainAfterRelease() {
    assertThat(admission.admit(100)).isTrue();
    admission.release(100);
    assertThat(admission.inFlightBytes()).isZero();
    assertThat(admission.admit(100)).isTrue();
  }

  @Test
  void shouldHoldNothingOfARefusedRequest() {
    assertThat(admission.admit(101)).isFalse();
    assertThat(admission.inFlightBytes()).isZero();
  }

  @Test
  void shouldAdmitEmptyRequestsWhenFull() {
    assertThat(admission.admit(100)).isTrue();
    assertThat(admission.admit(0)).isTrue();
  }
}
