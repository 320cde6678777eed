package io.millrace.traces.policy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The Collector's {@code probabilistic} decision: the FNV-1a hash of salt and trace id, 64 bits,
 * against a share of the largest hash.
 */
final class Probability {

  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;
  private static final String DEFAULT_SALT = "default-hash-seed";
  private static final BigInteger LARGEST = BigInteger.ONE.shiftLeft(64).subtract(BigInteger.ONE);
  private static final int PRECISION_BITS = 64;
  private static final int DOUBLE_BITS = 53;

  private final long saltHash;
  private final long threshold;

  Probability(Rule.Probabilistic rule) {
    String salt = rule.hashSalt().isEmpty() ? DEFAULT_SALT : rule.hashSalt();
    long hash = FNV_OFFSET;
    for (byte b : salt.getBytes(UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    this.saltHash = hash;
    this.threshold = threshold(rule.samplingPercentage() / 100);
  }

  /** Go's big.Float: the product with 64 bits of precision, half to even, then cut to a whole. */
  static long threshold(double ratio) {
    if (!(ratio > 0)) {
      return 0;
    }
    if (ratio >= 1) {
      return -1L;
    }
    BigDecimal product = new BigDecimal(LARGEST).multiply(new BigDecimal(ratio));
    // binary digits below the point, so that all digits are in one whole number
    int scale = Math.max(0, -Math.getExponent(ratio)) + DOUBLE_BITS;
    BigInteger digits = product.multiply(BigDecimal.valueOf(2).pow(scale)).toBigInteger();
    int surplus = digits.bitLength() - PRECISION_BITS;
    if (surplus > 0) {
      digits = roundHalfEven(digits, surplus).shiftLeft(surplus);
    }
    BigInteger whole = digits.shiftRight(scale);
    return whole.min(LARGEST).longValue();
  }

  private static BigInteger roundHalfEven(BigInteger digits, int surplus) {
    BigInteger kept = digits.shiftRight(surplus);
    BigInteger rest = digits.subtract(kept.shiftLeft(surplus));
    int half = rest.compareTo(BigInteger.ONE.shiftLeft(surplus - 1));
    boolean up = half > 0 || (half == 0 && kept.testBit(0));
    return up ? kept.add(BigInteger.ONE) : kept;
  }

  boolean samples(long idHi, long idLo) {
    return Long.compareUnsigned(hash(idHi, idLo), threshold) <= 0;
  }

  /** The threshold of 56 bits that {@link #randomness} is held against, within a few digits. */
  long samplingThreshold() {
    return SamplingThreshold.floor(SamplingThreshold.RANGE - 1 - (threshold >>> 8));
  }

  /** The hash the other way round, so that the larger ones are sampled: 56 bits. */
  long randomness(long idHi, long idLo) {
    return SamplingThreshold.RANGE - 1 - (hash(idHi, idLo) >>> 8);
  }

  long hash(long idHi, long idLo) {
    return add(add(saltHash, idHi), idLo);
  }

  private static long add(long start, long bytes) {
    long hash = start;
    for (int shift = 56; shift >= 0; shift -= 8) {
      hash = (hash ^ (bytes >>> shift & 0xff)) * FNV_PRIME;
    }
    return hash;
  }
}
