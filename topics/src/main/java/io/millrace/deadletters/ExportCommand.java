package io.millrace.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.daemon.CannotStart;
import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dead export}: chosen letters as lines of JSON. They stay where they are. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description =
        "Writes dead letters as lines of JSON: id, time, headers, and request (OTLP/JSON) or, of"
            + " what is no OTLP, base64. They stay where they are.")
final class ExportCommand implements Callable<Integer> {

  @Mixin private final LetterOptions options = new LetterOptions();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "A file that is not there yet. Default: stdout.")
  private @Nullable Path file;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LetterOptions.Config config = options.config();
    LetterFilter filter = options.filter();
    long limit = options.limit(Long.MAX_VALUE);
    Path to = file;
    return DeadCommand.onKafka(
        config.kafka(),
        () -> {
          try (LetterReader reader = new LetterReader(config.kafka(), config.topics())) {
            if (to == null) {
              write(reader, filter, limit, spec.commandLine().getOut());
            } else {
              try (PrintWriter out = open(to)) {
                long written = write(reader, filter, limit, out);
                spec.commandLine().getErr().printf("%,d letters in %s%n", written, to);
              }
            }
          }
          return Daemon.OK;
        });
  }

  private static PrintWriter open(Path to) {
    try {
      Files.createFile(to); // refuses to overwrite
      return new PrintWriter(Files.newBufferedWriter(to, UTF_8));
    } catch (IOException e) {
      throw new CannotStart("--out", to, "a file that can be made and is not there yet", e);
    }
  }

  private long write(LetterReader reader, LetterFilter filter, long limit, PrintWriter out)
      throws IOException {
    long[] written = new long[1];
    for (Signal signal : options.signals()) {
      reader.read(
          signal,
          filter,
          letter -> {
            if (written[0] < limit) {
              out.println(LetterJson.line(letter));
              written[0]++;
            }
            return written[0] < limit;
          });
    }
    if (out.checkError()) {
      throw new IOException("the output cannot be written");
    }
    return written[0];
  }
}
