package io.millrace.daemon;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.regex.Pattern;

/** Reads YAML text into a tree that loses nothing: duplicate keys and aliases are refused. */
final class Yaml {

  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .build();

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Pattern INTEGER = Pattern.compile("0|-?[1-9][0-9]{0,17}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]{1,9})?");

  private final YAMLParser parser;
  private final String source;

  private Yaml(YAMLParser parser, String source) {
    this.parser = parser;
    this.source = source;
  }

  /**
   * Reads one document; an empty one is null.
   *
   * @param source what to call the text in an error, before line and column
   */
  static JsonNode parse(String text, String source) {
    try (YAMLParser parser = FACTORY.createParser(text)) {
      return new Yaml(parser, source).document();
    } catch (JsonProcessingException e) {
      throw new InvalidConfig(at(source, e.getLocation()), problem(e), "valid YAML");
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot fail to be read", e);
    }
  }

  /** A value given outside YAML, typed as a plain scalar would be; the text form stays as it is. */
  static JsonNode plain(String text) {
    return switch (text) {
      case "null", "~" -> NullNode.instance;
      case "true" -> BooleanNode.TRUE;
      case "false" -> BooleanNode.FALSE;
      default -> number(text);
    };
  }

  private JsonNode document() throws IOException {
    JsonNode root = parser.nextToken() == null ? NullNode.instance : value();
    if (parser.nextToken() != null) {
      throw refuse("a second document", "one document");
    }
    return root;
  }

  private JsonNode value() throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> mapping();
      case START_ARRAY -> list();
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getText());
      case VALUE_TRUE -> BooleanNode.TRUE;
      case VALUE_FALSE -> BooleanNode.FALSE;
      case VALUE_NULL -> NullNode.instance;
      default -> text();
    };
  }

  /** The parser gives an alias as the text of its name, and a value left out as an empty text. */
  private JsonNode text() throws IOException {
    if (parser.isCurrentAlias()) {
      throw refuse("an alias", "the value itself");
    }
    long width =
        parser.currentLocation().getCharOffset() - parser.currentTokenLocation().getCharOffset();
    return width == 0 ? NullNode.instance : TextNode.valueOf(parser.getText());
  }

  private ObjectNode mapping() throws IOException {
    ObjectNode mapping = NODES.objectNode();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      parser.nextToken();
      mapping.set(key, value());
    }
    return mapping;
  }

  private ArrayNode list() throws IOException {
    ArrayNode list = NODES.arrayNode();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      list.add(value());
    }
    return list;
  }

  private static JsonNode number(String text) {
    if (INTEGER.matcher(text).matches()) {
      long value = Long.parseLong(text);
      return value == (int) value ? IntNode.valueOf((int) value) : LongNode.valueOf(value);
    }
    if (!NUMBER.matcher(text).matches()) {
      return TextNode.valueOf(text);
    }
    double value = Double.parseDouble(text);
    return text.equals(Double.toString(value))
        ? DoubleNode.valueOf(value)
        : new WrittenNumber(text);
  }

  private InvalidConfig refuse(String found, String expected) {
    return new InvalidConfig(at(source, parser.currentTokenLocation()), found, expected);
  }

  private static String at(String source, JsonLocation location) {
    return "%s:%d:%d".formatted(source, location.getLineNr(), location.getColumnNr());
  }

  /** Indented lines of the message quote the file, which may hold secrets; the last other tells. */
  private static String problem(JsonProcessingException e) {
    String problem = "unreadable";
    for (String line : e.getOriginalMessage().split("\n", -1)) {
      if (!line.isBlank() && !line.startsWith(" ")) {
        problem = line;
      }
    }
    return problem;
  }
}
