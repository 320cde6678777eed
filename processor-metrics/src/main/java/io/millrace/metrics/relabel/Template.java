package io.millrace.metrics.relabel;

import com.google.re2j.Matcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A text in which {@code $1}, {@code ${1}}, {@code $name} and {@code ${name}} stand for what groups
 * of an expression matched, and {@code $$} for a dollar; as Go's regexp package expands it.
 */
final class Template {

  private static final Pattern PART =
      Pattern.compile("\\$(?:(\\$)|(\\w+)|\\{(\\w+)\\})", Pattern.UNICODE_CHARACTER_CLASS);

  /** A text, or what a group matched. */
  private record Part(String text, int group) {}

  private final List<Part> parts = new ArrayList<>();

  Template(String template, com.google.re2j.Pattern expression) {
    Map<String, Integer> names = expression.namedGroups();
    int at = 0;
    var matcher = PART.matcher(template);
    while (matcher.find()) {
      parts.add(new Part(template.substring(at, matcher.start()), -1));
      at = matcher.end();
      if (matcher.group(1) != null) {
        parts.add(new Part("$", -1));
      } else {
        String name = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        parts.add(new Part("", group(name, expression.groupCount(), names)));
      }
    }
    parts.add(new Part(template.substring(at), -1));
  }

  /** A group there is not stands for nothing. */
  private static int group(String name, int count, Map<String, Integer> names) {
    if (!name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return names.getOrDefault(name, -1);
    }
    return name.length() < 9 && Integer.parseInt(name) <= count ? Integer.parseInt(name) : -1;
  }

  String expand(Matcher match) {
    StringBuilder text = new StringBuilder();
    for (Part part : parts) {
      text.append(part.text);
      if (part.group >= 0 && match.group(part.group) != null) {
        text.append(match.group(part.group));
      }
    }
    return text.toString();
  }
}
