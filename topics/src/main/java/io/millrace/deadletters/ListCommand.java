package io.millrace.deadletters;

import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import io.millrace.terminal.TextTable;
import io.millrace.topics.DeadLetterHeaders;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dead list}: how many letters of each reason there are, and the newest of them. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "Counts dead letters by reason and destination, and names the newest.")
final class ListCommand implements Callable<Integer> {

  private static final int SHOWN = 10;

  @Mixin private final LetterOptions options = new LetterOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  private record Kind(String signal, String reason, String destination) {

    static final Comparator<Kind> IN_ORDER =
        Comparator.comparing(Kind::signal)
            .thenComparing(Kind::reason)
            .thenComparing(Kind::destination);
  }

  private static final class Count {
    private long letters;
    private long items;
    private long oldest = Long.MAX_VALUE;
    private long newest = Long.MIN_VALUE;

    private void add(Letter letter) {
      letters++;
      items += letter.items();
      oldest = Math.min(oldest, letter.record().timestamp());
      newest = Math.max(newest, letter.record().timestamp());
    }
  }

  @Override
  public Integer call() throws Exception {
    LetterOptions.Config config = options.config();
    LetterFilter filter = options.filter();
    long shown = options.limit(SHOWN);
    return DeadCommand.onKafka(
        config.kafka(),
        () -> {
          Map<Kind, Count> counts = new TreeMap<>(Kind.IN_ORDER);
          Deque<Letter> newest = new ArrayDeque<>();
          try (LetterReader reader = new LetterReader(config.kafka(), config.topics())) {
            for (Signal signal : options.signals()) {
              reader.read(
                  signal,
                  filter,
                  letter -> {
                    counts.computeIfAbsent(kind(letter), kind -> new Count()).add(letter);
                    newest.addLast(letter);
                    if (newest.size() > shown) {
                      newest.removeFirst();
                    }
                    return true;
                  });
            }
          }
          print(spec.commandLine().getOut(), counts, newest);
          return Daemon.OK;
        });
  }

  private static Kind kind(Letter letter) {
    return new Kind(letter.signal().id(), letter.reason(), letter.destination());
  }

  private static void print(PrintWriter out, Map<Kind, Count> counts, Deque<Letter> letters) {
    if (counts.isEmpty()) {
      out.println("No dead letters.");
      out.flush();
      return;
    }
    TextTable table =
        new TextTable("signal", "reason", "destination", "letters", "items", "oldest", "newest");
    long now = System.currentTimeMillis();
    counts.forEach(
        (kind, count) ->
            table.row(
                kind.signal(),
                kind.reason(),
                kind.destination(),
                "%,d".formatted(count.letters),
                "%,d".formatted(count.items),
                age(now - count.oldest),
                age(now - count.newest)));
    table.lines().forEach(out::println);
    out.println();
    letters.forEach(letter -> out.println(line(letter)));
    out.println();
    out.printf("millrace dead show %s tells all of one.%n", letters.getLast().id());
    out.flush();
  }

  /** As wide as a terminal; a backend's words may be long. */
  private static String line(Letter letter) {
    String again =
        switch (letter.redriven()) {
          case 0 -> "";
          case 1 -> " redriven once";
          default -> " redriven %d times".formatted(letter.redriven());
        };
    String line =
        "%s %s%s: %s"
            .formatted(
                letter.id(),
                letter.reason(),
                again,
                letter.header(DeadLetterHeaders.MESSAGE).replaceAll("\\s+", " "));
    return line.length() <= 80 ? line : line.substring(0, 77) + "...";
  }

  private static String age(long millis) {
    Duration age = Duration.ofMillis(Math.max(0, millis));
    if (age.toDays() >= 2) {
      return age.toDays() + "d";
    }
    if (age.toHours() >= 2) {
      return age.toHours() + "h";
    }
    return age.toMinutes() >= 2 ? age.toMinutes() + "m" : age.toSeconds() + "s";
  }
}
