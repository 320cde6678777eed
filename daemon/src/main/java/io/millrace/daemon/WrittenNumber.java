package io.millrace.daemon;

import com.fasterxml.jackson.databind.node.DecimalNode;
import java.math.BigDecimal;

/**
 * A number that remembers how it was written. Where a text is wanted, {@code 1.10} must not become
 * {@code 1.1}, nor a password {@code 12e4567} a power of ten.
 */
final class WrittenNumber extends DecimalNode {

  private static final long serialVersionUID = 1L;

  private final String written;

  WrittenNumber(String written) {
    super(new BigDecimal(written));
    this.written = written;
  }

  @Override
  public String asText() {
    return written;
  }
}
