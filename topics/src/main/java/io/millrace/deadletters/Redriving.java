package io.millrace.deadletters;

import io.millrace.otlp.Signal;
import io.millrace.terminal.Pace;
import io.millrace.terminal.ProgressBar;
import io.millrace.terminal.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** Sends letters chunk by chunk, no faster than a rate, and notes those that are too large. */
final class Redriving {

  private static final long MAX_CHUNK_BYTES = 4 << 20;

  private final LetterWriter writer;
  private final Function<Letter, String> destination;
  private final long chunkBytes;
  private final Pace pace;
  private final List<String> tooLarge = new ArrayList<>();
  private long done;

  /**
   * @param destination gives the name of the destination a letter is for
   */
  Redriving(LetterWriter writer, Function<Letter, String> destination, Rate bound) {
    this.writer = writer;
    this.destination = destination;
    // A chunk is about a second's worth, so that a low rate does not come in bursts.
    this.chunkBytes = Math.min(MAX_CHUNK_BYTES, bound.bytesPerSecond());
    this.pace = new Pace(bound, System::nanoTime);
  }

  /** Sends up to so many of the letters that a filter chooses, and returns when they are sent. */
  void send(
      LetterReader reader, Signal signal, LetterFilter filter, long letters, int maxRedrives) {
    try (ProgressBar bar = ProgressBar.onTerminal(System.getProperties(), Redriving::draw)) {
      Chunks chunks =
          new Chunks(
              chunkBytes,
              chunk -> {
                send(chunk);
                bar.at(done, letters, "%,d letters".formatted(done));
              });
      chunks.settle(reader, signal, filter, letters, maxRedrives);
    }
  }

  private void send(List<Letter> chunk) {
    long wait;
    while ((wait = pace.nanosUntilDue()) > 0) {
      LockSupport.parkNanos(wait);
    }
    writer.redrive(chunk, destination).stream().map(Redriving::describe).forEach(tooLarge::add);
    pace.gone(chunk.stream().mapToLong(letter -> letter.value().length).sum());
    done += chunk.size();
  }

  /** A line for each letter that its topic does not take. */
  List<String> tooLarge() {
    return tooLarge;
  }

  private static String describe(Letter letter) {
    return "%s: too large (%s partition %d offset %d: %,d bytes)"
        .formatted(
            letter.id(),
            letter.record().topic(),
            letter.record().partition(),
            letter.record().offset(),
            letter.value().length);
  }

  private static void draw(String text) {
    System.err.print(text);
    System.err.flush();
  }
}
