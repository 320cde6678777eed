package io.millrace.processing;

import io.millrace.otlp.WireWriter;

/** What is done to one text. One thread at a time. */
interface TextChange {

  /**
   * Writes what takes the place of the UTF-8 in {@code [from, to)}.
   *
   * @return false if it stays as it is, and nothing was written
   */
  boolean write(byte[] bytes, int from, int to, WireWriter out);

  /** As {@link #write}, of a whole number; what is written becomes a text. */
  default boolean write(long number, WireWriter out) {
    return false;
  }
}
