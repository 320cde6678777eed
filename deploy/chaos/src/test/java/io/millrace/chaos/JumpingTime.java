package io.millrace.chaos;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;

/**
 * Kafka's clock with the wall clock set wrong, by as much as it is told. What is measured from one
 * moment to another goes on as before, as it does when a machine's clock is set. Any thread.
 */
final class JumpingTime implements Time {

  private volatile Duration off = Duration.ZERO;

  /**
   * @param by how far it is before the right time; negative for behind
   */
  void set(Duration by) {
    off = by;
  }

  @Override
  public long milliseconds() {
    return SYSTEM.milliseconds() + off.toMillis();
  }

  @Override
  public long nanoseconds() {
    return SYSTEM.nanoseconds();
  }

  @Override
  public void sleep(long ms) {
    SYSTEM.sleep(ms);
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs)
      throws InterruptedException {
    SYSTEM.waitObject(object, condition, deadlineMs - off.toMillis());
  }
}
