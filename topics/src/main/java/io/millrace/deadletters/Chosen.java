package io.millrace.deadletters;

import io.millrace.otlp.Signal;
import io.millrace.terminal.TextTable;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** How much a filter chooses: what a dry run says, and what a progress bar goes up to. */
final class Chosen {

  private final TreeMap<String, long[]> byReason = new TreeMap<>();
  private final Set<String> destinations = new TreeSet<>();
  private long letters;
  private long tooOften;

  /**
   * @param limit letters that count
   * @param maxRedrives letters that were redriven so many times are left alone
   */
  static Chosen count(
      LetterReader reader, Signal signal, LetterFilter filter, long limit, int maxRedrives) {
    Chosen chosen = new Chosen();
    reader.read(
        signal,
        filter,
        letter -> {
          if (letter.redriven() >= maxRedrives) {
            chosen.tooOften++;
          } else {
            chosen.add(letter);
          }
          return chosen.letters < limit;
        });
    return chosen;
  }

  private void add(Letter letter) {
    letters++;
    long[] counts = byReason.computeIfAbsent(letter.reason(), reason -> new long[3]);
    counts[0]++;
    counts[1] += letter.items();
    counts[2] += letter.value().length;
    destinations.add(letter.destination());
  }

  long letters() {
    return letters;
  }

  /** Letters that were left alone because they have failed too often. */
  long tooOften() {
    return tooOften;
  }

  /** Names of those that refused them. */
  Set<String> destinations() {
    return destinations;
  }

  List<String> lines() {
    TextTable table = new TextTable("reason", "letters", "items", "bytes");
    byReason.forEach(
        (reason, counts) ->
            table.row(
                reason,
                "%,d".formatted(counts[0]),
                "%,d".formatted(counts[1]),
                "%,d".formatted(counts[2])));
    return table.lines();
  }
}
