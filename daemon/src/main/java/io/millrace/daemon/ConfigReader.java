package io.millrace.daemon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Reads a config record from a YAML file and overrides. Keys are the record's components in
 * kebab-case; what is not set keeps its default, at every depth. Maps are merged by key, lists are
 * replaced.
 */
public final class ConfigReader {

  private ConfigReader() {}

  /**
   * Reads the configuration: file, then overrides, then variables, then the record's own rules.
   *
   * @param defaults the value of every key that nobody sets
   * @param sectionsOfOthers top-level keys that other roles read from the same file; accepted here
   *     without a look
   * @param file YAML, or null for none
   * @param overrides {@code key=value} each, the last one wins
   * @param environment what <code>${env:NAME}</code> refers to
   * @throws InvalidConfig the first thing that is wrong, as one line
   */
  public static <C extends Record> C read(
      C defaults,
      Set<String> sectionsOfOthers,
      @Nullable Path file,
      List<String> overrides,
      Map<String, String> environment) {
    ObjectNode tree =
        file == null
            ? JsonNodeFactory.instance.objectNode()
            : tree(text("--config", file), file.toString());
    Overrides.apply(overrides, tree);
    tree.remove(sectionsNotRead(defaults, sectionsOfOthers, tree));
    JsonNode replaced = new EnvReferences(environment).replaceIn(tree, "");
    @SuppressWarnings("unchecked")
    C config = (C) RecordBinder.record(defaults.getClass(), replaced, defaults, "");
    return config;
  }

  /**
   * Reads a YAML file as it is, with variables replaced.
   *
   * @param option that names the file
   * @throws InvalidConfig the first thing that is wrong, as one line
   */
  public static JsonNode tree(String option, Path file, Map<String, String> environment) {
    return new EnvReferences(environment).replaceIn(tree(text(option, file), file.toString()), "");
  }

  /** The sections in the tree that belong to others; one that belongs to nobody is refused. */
  private static Set<String> sectionsNotRead(
      Record defaults, Set<String> sectionsOfOthers, ObjectNode tree) {
    List<String> ours = sections(defaults);
    Set<String> known = new LinkedHashSet<>(ours);
    known.addAll(new TreeSet<>(sectionsOfOthers));
    Set<String> notRead = new LinkedHashSet<>();
    for (var entry : tree.properties()) {
      String section = entry.getKey();
      if (!known.contains(section)) {
        throw RecordBinder.unknownKey(KeyPath.child("", section), List.copyOf(known));
      }
      if (!ours.contains(section)) {
        notRead.add(section);
      }
    }
    return notRead;
  }

  /** The top-level keys of a config record, in its order. */
  static List<String> sections(Record config) {
    return Arrays.stream(config.getClass().getRecordComponents())
        .map(component -> KeyPath.of(component))
        .toList();
  }

  /**
   * Reads YAML as it is.
   *
   * @param source what to call the text in an error
   */
  public static ObjectNode tree(String text, String source) {
    JsonNode root = Yaml.parse(text, source);
    if (root.isNull()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (root instanceof ObjectNode mapping) {
      return mapping;
    }
    throw new InvalidConfig(source, Scalars.kind(root), "a mapping");
  }

  private static String text(String option, Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new InvalidConfig(option, file + " does not exist", "a readable file");
    } catch (CharacterCodingException e) {
      throw new InvalidConfig(option, file + " is not UTF-8", "a YAML file in UTF-8");
    } catch (IOException e) {
      throw new InvalidConfig(option, file + " cannot be read", "a readable file");
    }
  }
}
