package io.millrace.processing;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.millrace.daemon.InvalidConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is replaced in texts: in bodies and attribute values, at any depth.
 *
 * @param named patterns that are known by a name
 * @param patterns own ones, in RE2 syntax, which no text can make slow
 * @param replacement what stands in place of a match; default {@code ****}
 */
public record RedactConfig(
    List<NamedPattern> named, List<String> patterns, Optional<String> replacement) {

  private static final String DEFAULT_REPLACEMENT = "****";

  public RedactConfig {
    named = List.copyOf(named);
    patterns = List.copyOf(patterns);
    if (named.isEmpty() && patterns.isEmpty()) {
      throw new InvalidConfig("", "nothing", "named or patterns");
    }
    for (int i = 0; i < patterns.size(); i++) {
      requirePattern("patterns[" + i + "]", patterns.get(i));
    }
    // Without anything between them, what stood around a match could become another.
    if (replacement.isPresent() && replacement.get().isEmpty()) {
      throw new InvalidConfig("replacement", "\"\"", "a text of one character or more");
    }
  }

  private static void requirePattern(String key, String pattern) {
    try {
      if (Pattern.compile(pattern).matches("")) {
        throw new InvalidConfig(key, pattern, "a pattern that does not match the empty text");
      }
    } catch (PatternSyntaxException e) {
      throw new InvalidConfig(key, pattern, "RE2 syntax; " + e.getDescription());
    }
  }

  List<TextPattern> compile() {
    List<TextPattern> compiled = new ArrayList<>();
    named.forEach(pattern -> compiled.add(pattern.compile()));
    patterns.forEach(pattern -> compiled.add(new OwnPattern(pattern)));
    return compiled;
  }

  byte[] replacementBytes() {
    return replacement.orElse(DEFAULT_REPLACEMENT).getBytes(UTF_8);
  }
}
