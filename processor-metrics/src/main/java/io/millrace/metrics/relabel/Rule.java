package io.millrace.metrics.relabel;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.daemon.InvalidConfig;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;

/** One rule, ready to be applied. */
final class Rule {

  private final RuleConfig config;
  private final Pattern regex;
  private final Template target;
  private final Template replacement;

  Rule(RuleConfig config) {
    this.config = config;
    try {
      this.regex = Pattern.compile("^(?s:" + config.regex() + ")$");
    } catch (PatternSyntaxException e) {
      throw new InvalidConfig("regex", config.regex(), "an RE2 expression: " + e.getDescription());
    }
    this.target = new Template(config.targetLabel(), regex);
    this.replacement = new Template(config.replacement(), regex);
  }

  /** False if the series is dropped. An empty value is no label. */
  boolean apply(Map<String, String> labels) {
    String value = value(labels);
    String targetLabel = config.targetLabel();
    switch (config.action()) {
      case KEEP -> {
        return regex.matcher(value).find();
      }
      case DROP -> {
        return !regex.matcher(value).find();
      }
      case KEEPEQUAL -> {
        return labels.getOrDefault(targetLabel, "").equals(value);
      }
      case DROPEQUAL -> {
        return !labels.getOrDefault(targetLabel, "").equals(value);
      }
      case REPLACE -> replace(labels, value);
      case HASHMOD -> set(labels, targetLabel, hashMod(value, config.modulus()));
      case LOWERCASE -> set(labels, targetLabel, map(value, false));
      case UPPERCASE -> set(labels, targetLabel, map(value, true));
      case LABELMAP -> labelMap(labels);
      case LABELDROP -> labels.keySet().removeIf(name -> regex.matcher(name).find());
      case LABELKEEP -> labels.keySet().removeIf(name -> !regex.matcher(name).find());
    }
    return true;
  }

  private String value(Map<String, String> labels) {
    List<String> sources = config.sourceLabels();
    if (sources.size() == 1) {
      return labels.getOrDefault(sources.get(0), "");
    }
    return String.join(
        config.separator(), sources.stream().map(name -> labels.getOrDefault(name, "")).toList());
  }

  private void replace(Map<String, String> labels, String value) {
    Matcher match = regex.matcher(value);
    if (match.find()) {
      String name = target.expand(match);
      if (!name.isEmpty()) {
        set(labels, name, replacement.expand(match));
      }
    }
  }

  private void labelMap(Map<String, String> labels) {
    for (Map.Entry<String, String> label : List.copyOf(labels.entrySet())) {
      Matcher match = regex.matcher(label.getKey());
      if (match.find()) {
        set(labels, replacement.expand(match), label.getValue());
      }
    }
  }

  private static void set(Map<String, String> labels, String name, String value) {
    if (value.isEmpty()) {
      labels.remove(name);
    } else {
      labels.put(name, value);
    }
  }

  /** The last eight bytes of an MD5, by the modulus: Prometheus shards by it. */
  private static String hashMod(String value, long modulus) {
    try {
      byte[] hash = MessageDigest.getInstance("MD5").digest(value.getBytes(UTF_8));
      return Long.toUnsignedString(
          Long.remainderUnsigned(ByteBuffer.wrap(hash).getLong(8), modulus));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has MD5", e);
    }
  }

  /** Letter by letter, as Go does it. */
  private static String map(String value, boolean upper) {
    StringBuilder mapped = new StringBuilder(value.length());
    value
        .codePoints()
        .map(c -> upper ? Character.toUpperCase(c) : Character.toLowerCase(c))
        .forEach(mapped::appendCodePoint);
    return mapped.toString();
  }
}
