package io.millrace.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.daemon.ConfigOptions;
import io.millrace.daemon.Daemon;
import io.millrace.daemon.InvalidConfig;
import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.Signal;
import java.io.PrintWriter;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.common.header.Header;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dead show}: the headers of one letter on stderr, what it holds as OTLP/JSON on stdout. */
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = "Shows one dead letter: its headers, and its items as OTLP/JSON on stdout.")
final class ShowCommand implements Callable<Integer> {

  private static final Pattern ID = Pattern.compile("([a-z]+)/(\\d{1,9})/(\\d{1,18})");
  private static final int FIRST_BYTES = 64;

  @Parameters(paramLabel = "ID", description = "As list names it: traces/0/42")
  private String id = "";

  @Mixin private final ConfigOptions options = new ConfigOptions();

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LetterOptions.Config config = options.read(LetterOptions.Config.DEFAULT);
    Matcher parts = ID.matcher(id);
    if (!parts.matches()) {
      throw new InvalidConfig("ID", id, "signal/partition/offset, such as traces/0/42");
    }
    Signal signal = LetterOptions.signal("ID", parts.group(1));
    return DeadCommand.onKafka(
        config.kafka(),
        () -> {
          try (LetterReader reader = new LetterReader(config.kafka(), config.topics())) {
            Optional<Letter> letter =
                reader.letter(
                    signal, Integer.parseInt(parts.group(2)), Long.parseLong(parts.group(3)));
            letter.ifPresentOrElse(this::show, () -> err().println(id + ": no such letter"));
            return letter.isPresent() ? Daemon.OK : Daemon.FAILED;
          }
        });
  }

  private void show(Letter letter) {
    err().println("time: " + Instant.ofEpochMilli(letter.record().timestamp()));
    for (Header header : letter.record().headers()) {
      String value = header.value() == null ? "" : new String(header.value(), UTF_8);
      err().println(header.key() + ": " + value.replaceAll("\\p{Cntrl}", " "));
    }
    err().flush();
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.println(LetterJson.pretty(letter));
    } catch (MalformedOtlp e) {
      byte[] value = letter.value();
      int shown = Math.min(FIRST_BYTES, value.length);
      err().println(e.getMessage());
      out.printf(
          "%s%s (%d bytes)%n",
          HexFormat.ofDelimiter(" ").formatHex(value, 0, shown),
          shown < value.length ? " ..." : "",
          value.length);
    }
    out.flush();
  }

  private PrintWriter err() {
    return spec.commandLine().getErr();
  }
}
