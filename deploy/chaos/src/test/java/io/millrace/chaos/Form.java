package io.millrace.chaos;

import java.time.Duration;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much of each fault there is: the short form of every build, or the long one of {@code
 * -Pchaos}. {@code -Dchaos.seed} says when faults happen and whom they befall.
 */
final class Form {

  private static final Logger log = LoggerFactory.getLogger(Form.class);

  private static final boolean LONG = "long".equals(System.getProperty("chaos.form"));

  private Form() {}

  static boolean isLong() {
    return LONG;
  }

  static int of(int inShort, int inLong) {
    return LONG ? inLong : inShort;
  }

  static Duration of(Duration inShort, Duration inLong) {
    return LONG ? inLong : inShort;
  }

  /** Randomness of one test, the same each time it is run with the same seed. */
  static Random random(String test) {
    long seed = Long.getLong("chaos.seed", 0);
    log.info("{}: -Dchaos.seed={}", test, seed);
    return new Random(seed * 31 + test.hashCode());
  }
}
