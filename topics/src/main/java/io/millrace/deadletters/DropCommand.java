package io.millrace.deadletters;

import io.millrace.daemon.Daemon;
import io.millrace.otlp.Signal;
import io.millrace.topics.AdminAnswers;
import io.millrace.topics.KafkaConfig;
import io.millrace.topics.TopicConfig;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code dead drop}: marks chosen letters as dropped. Kafka deletes from the front of a partition
 * only; so what is settled up to the first open letter is deleted, and the rest with the topic's
 * retention.
 */
@Command(
    name = "drop",
    mixinStandardHelpOptions = true,
    description =
        "Gives dead letters up: they are neither listed nor redriven any more, and deleted as soon"
            + " as no other letter stands before them. Without --confirm it only says which.")
final class DropCommand implements Callable<Integer> {

  @Mixin private final LetterOptions options = new LetterOptions();

  @Option(names = "--confirm", description = "Drop them.")
  private boolean confirmed;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    LetterOptions.Config config = options.config();
    Signal signal = options.oneSignal();
    LetterFilter filter = options.filter();
    long limit = options.limit(Long.MAX_VALUE);
    PrintWriter out = spec.commandLine().getOut();
    return DeadCommand.onKafka(
        config.kafka(),
        () -> {
          try (LetterReader reader = new LetterReader(config.kafka(), config.topics())) {
            Chosen chosen = Chosen.count(reader, signal, filter, limit, Integer.MAX_VALUE);
            if (chosen.letters() == 0) {
              out.println("No dead letters to drop.");
            } else {
              chosen.lines().forEach(out::println);
              out.println(
                  confirmed
                      ? drop(config, reader, signal, filter, chosen.letters())
                      : "Nothing was dropped; with --confirm it will be.");
            }
            out.flush();
            return Daemon.OK;
          }
        });
  }

  private static String drop(
      LetterOptions.Config config,
      LetterReader reader,
      Signal signal,
      LetterFilter filter,
      long letters) {
    TopicConfig topic = config.topics().of(signal);
    try (LetterWriter writer =
        new LetterWriter(config.kafka(), topic.deadLetterName(), topic.name())) {
      new Chunks(Long.MAX_VALUE, writer::drop)
          .settle(reader, signal, filter, letters, Integer.MAX_VALUE);
      writer.finish();
    }
    delete(config.kafka(), reader.firstOpen(signal));
    return "%,d letters dropped.".formatted(letters);
  }

  private static void delete(KafkaConfig kafka, Map<TopicPartition, Long> before) {
    Map<TopicPartition, RecordsToDelete> wanted = new HashMap<>();
    before.forEach((id, offset) -> wanted.put(id, RecordsToDelete.beforeOffset(offset)));
    try (Admin admin = Admin.create(kafka.clientProperties("millrace-dead-admin"))) {
      AdminAnswers.get(admin.deleteRecords(wanted).all());
    }
  }
}
