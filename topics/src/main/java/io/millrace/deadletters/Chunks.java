package io.millrace.deadletters;

import io.millrace.otlp.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Cuts the letters a filter chooses into pieces that are settled together. One thread. */
final class Chunks {

  private static final int MAX_LETTERS = 500;

  private final long maxBytes;
  private final Consumer<List<Letter>> settle;
  private List<Letter> open = new ArrayList<>();
  private long openBytes;
  private long taken;

  /**
   * @param maxBytes of a chunk's values; a larger letter is a chunk of its own
   * @param settle is given each chunk
   */
  Chunks(long maxBytes, Consumer<List<Letter>> settle) {
    this.maxBytes = maxBytes;
    this.settle = settle;
  }

  /** Reads up to {@code limit} letters and settles all of them. */
  void settle(
      LetterReader reader, Signal signal, LetterFilter filter, long limit, int maxRedrives) {
    reader.read(
        signal,
        filter,
        letter -> {
          if (letter.redriven() < maxRedrives) {
            add(letter);
          }
          return taken < limit;
        });
    close();
  }

  private void add(Letter letter) {
    if (open.size() >= MAX_LETTERS || openBytes + letter.value().length > maxBytes) {
      close();
    }
    open.add(letter);
    openBytes += letter.value().length;
    taken++;
  }

  private void close() {
    if (!open.isEmpty()) {
      settle.accept(open);
      open = new ArrayList<>();
      openBytes = 0;
    }
  }
}
