package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.gateway.Admission.Reservation;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private final Admission admission = new Admission(100);
  private final Reservation first = admission.open();
  private final Reservation second = admission.open();

  @Test
  void shouldAdmitUpToTheLimitAndNotOneByteMore() {
    assertThat(first.grow(60)).isTrue();
    assertThat(second.grow(41)).isFalse();
    assertThat(second.grow(40)).isTrue();
    assertThat(second.grow(1)).isFalse();
    assertThat(admission.inFlightBytes()).isEqualTo(100);
  }

  @Test
  void shouldAdmitAgainWhenAnotherIsClosed() {
    assertThat(first.grow(100)).isTrue();
    first.close();
    assertThat(admission.inFlightBytes()).isZero();
    assertThat(second.grow(100)).isTrue();
  }

  @Test
  void shouldHoldWhatItHeldWhenMoreDoesNotFit() {
    assertThat(first.grow(30)).isTrue();
    assertThat(first.resize(101)).isFalse();
    assertThat(admission.inFlightBytes()).isEqualTo(30);
  }

  @Test
  void shouldShrink() {
    assertThat(first.grow(100)).isTrue();
    assertThat(first.resize(10)).isTrue();
    assertThat(admission.inFlightBytes()).isEqualTo(10);
  }

  @Test
  void shouldAdmitEmptyRequestsWhenFull() {
    assertThat(first.grow(100)).isTrue();
    assertThat(second.grow(0)).isTrue();
  }

  @Test
  void shouldMoveToAnotherOwner() {
    // Given
    assertThat(first.grow(60)).isTrue();

    // When
    Reservation taken = first.take();
    first.close();

    // Then
    assertThat(admission.inFlightBytes()).isEqualTo(60);
    taken.close();
    assertThat(admission.inFlightBytes()).isZero();
  }

  @Test
  void shouldTakeNothingOnceClosed() {
    first.close();
    assertThat(first.grow(1000)).isTrue();
    assertThat(first.resize(1000)).isTrue();
    first.close();
    assertThat(admission.inFlightBytes()).isZero();
  }

  @Test
  void shouldKnowWhatWillNeverFit() {
    assertThat(first.canNeverHold(100)).isFalse();
    assertThat(first.canNeverHold(101)).isTrue();
  }
}
