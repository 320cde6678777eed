package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Ten a second, a burst of two seconds: 20 at once. */
class TokenBucketTest {

  private static final long TENTH_NANOS = 100_000_000;

  private long nanos = Long.MAX_VALUE - 5; // it may overflow, as System.nanoTime
  private final TokenBucket bucket = new TokenBucket(10, Duration.ofSeconds(2), () -> nanos);

  @Test
  void shouldAdmitABurstAndNotOneMore() {
    assertThat(bucket.take(20)).isZero();
    assertThat(bucket.take(1)).isEqualTo(TENTH_NANOS);
  }

  @Test
  void shouldAdmitAsSoonAsItSaidAndNotANanosecondEarlier() {
    bucket.take(20);
    long wait = bucket.take(7);
    assertThat(wait).isEqualTo(7 * TENTH_NANOS);
    nanos += wait - 1;
    assertThat(bucket.closedNanos()).isEqualTo(1);
    assertThat(bucket.take(7)).isEqualTo(1);
    nanos += 1;
    assertThat(bucket.closedNanos()).isZero();
    assertThat(bucket.take(7)).isZero();
  }

  @Test
  void shouldSaveNoMoreThanTheBurst() {
    bucket.take(20);
    nanos += Duration.ofDays(1).toNanos();
    assertThat(bucket.take(20)).isZero();
    assertThat(bucket.take(1)).isPositive();
  }

  @Test
  void shouldAdmitMoreThanTheBurstWhenFullAndHaveItPaidBack() {
    assertThat(bucket.take(100)).isZero();
    // 80 are owed
    assertThat(bucket.take(1)).isEqualTo(81 * TENTH_NANOS);
    nanos += 81 * TENTH_NANOS;
    assertThat(bucket.take(1)).isZero();
    // Nothing is left, and a second large one needs a full bucket.
    assertThat(bucket.take(100)).isEqualTo(20 * TENTH_NANOS);
  }

  @Test
  void shouldNotLetSmallCostsKeepALargeOneOut() {
    bucket.take(20);
    assertThat(bucket.take(15)).isEqualTo(15 * TENTH_NANOS);
    nanos += 10 * TENTH_NANOS;
    assertThat(bucket.take(1)).isEqualTo(5 * TENTH_NANOS);
    nanos += 5 * TENTH_NANOS;
    assertThat(bucket.take(15)).isZero();
  }

  @Test
  void shouldOpenForAllWhenThereIsRoomForWhatWasRefused() {
    bucket.take(20);
    bucket.take(15);
    nanos += 15 * TENTH_NANOS;
    assertThat(bucket.take(1)).isZero();
    assertThat(bucket.closedNanos()).isZero();
    assertThat(bucket.take(14)).isZero();
  }

  @Test
  void shouldTakeNothingWhenItRefuses() {
    bucket.take(15);
    bucket.take(6);
    nanos += TENTH_NANOS;
    assertThat(bucket.take(6)).isZero();
  }

  @Test
  void shouldGiveBackWhatWasTaken() {
    bucket.take(20);
    bucket.giveBack(5);
    assertThat(bucket.take(5)).isZero();
    assertThat(bucket.take(1)).isPositive();
  }

  @Test
  void shouldBeFullAgainWhenAllIsEarned() {
    assertThat(bucket.isFull()).isTrue();
    bucket.take(3);
    nanos += 3 * TENTH_NANOS - 1;
    assertThat(bucket.isFull()).isFalse();
    nanos += 1;
    assertThat(bucket.isFull()).isTrue();
  }

  /** The largest there can be: 256 MiB at one byte a second. */
  @Test
  void shouldNotOverflow() {
    TokenBucket slow = new TokenBucket(1, Duration.ofSeconds(1), () -> nanos);
    assertThat(slow.take(256 << 20)).isZero();
    assertThat(slow.take(1)).isEqualTo((256L << 20) * 1_000_000_000);
  }

  @Test
  void shouldAdmitItsRateWhateverIsOffered() {
    Random random = new Random(1);
    long admitted = 0;
    int largest = 50;
    long start = nanos;
    for (int i = 0; i < 20_000; i++) {
      int cost = 1 + random.nextInt(largest);
      if (bucket.take(cost) == 0) {
        admitted += cost;
      }
      nanos += random.nextInt((int) TENTH_NANOS);
    }
    double earned = (nanos - start) / 1e9 * 10;
    // Below it, because what is saved beyond the burst between two requests is lost.
    assertThat((double) admitted).isBetween(0.95 * earned, earned + 20 + largest);
  }
}
