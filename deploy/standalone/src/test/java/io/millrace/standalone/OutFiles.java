package io.millrace.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpJson;
import io.millrace.otlp.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Reads what processors have written under the data folder of a pipeline. */
public final class OutFiles {

  private OutFiles() {}

  /** The items of a signal that carry no tenant. */
  public static List<Item> items(Path dataDir, Signal signal) {
    return in(dataDir.resolve("out").resolve(signal.id()), signal);
  }

  /** The items of a signal and tenant. */
  public static List<Item> items(Path dataDir, Signal signal, String tenant) {
    return in(dataDir.resolve("out").resolve(signal.id()).resolve(tenant), signal);
  }

  /** The items in the files of a folder. A line that is still being written is not read. */
  static List<Item> in(Path folder, Signal signal) {
    List<Item> items = new ArrayList<>();
    for (Path file : files(folder)) {
      for (String line : wholeLines(file)) {
        items.addAll(Item.of(signal, protobuf(signal, line)));
      }
    }
    return items;
  }

  private static List<Path> files(Path folder) {
    if (!Files.exists(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".jsonl")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> wholeLines(Path file) {
    try {
      String text = Files.readString(file);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] protobuf(Signal signal, String line) {
    try {
      return OtlpJson.toProtobuf(signal, line.getBytes(UTF_8));
    } catch (MalformedOtlp e) {
      throw new AssertionError("no OTLP/JSON: " + line, e);
    }
  }
}
