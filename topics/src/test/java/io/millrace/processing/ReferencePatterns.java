package io.millrace.processing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The named patterns once more, by java.util.regex: slow, and easy to compare with their words. */
final class ReferencePatterns {

  private static final String OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|0\\d\\d|0?\\d\\d|\\d)";
  private static final String IPV4 = OCTET + "(?:\\." + OCTET + "){3}";

  private static final Map<String, Pattern> COMPILED = new ConcurrentHashMap<>();
  private static final String IPV6 = String.join("|", ipv6Forms());

  private ReferencePatterns() {}

  static String redact(NamedPattern pattern, String text, String replacement) {
    return switch (pattern) {
      case CARD_NUMBER -> cards(text, replacement);
      case BEARER_TOKEN ->
          all("(?i)(?<![A-Za-z0-9_])bearer +[A-Za-z0-9._~+/=-]+", text, replacement, any -> true);
      case EMAIL ->
          all(
              "[A-Za-z0-9._%+-]+@(?:[A-Za-z0-9-]+\\.)+[A-Za-z]{2,}",
              text, replacement, any -> true);
      case IPV4 ->
          all(
              "(?<![A-Za-z0-9_])(?<!\\d\\.)" + IPV4 + "(?![A-Za-z0-9_])(?!\\.\\d)",
              text,
              replacement,
              any -> true);
      case IPV6 -> ipv6(text, replacement);
    };
  }

  static String all(String regex, String text, String replacement, Predicate<String> accepts) {
    return COMPILED
        .computeIfAbsent(regex, Pattern::compile)
        .matcher(text)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    accepts.test(match.group()) ? replacement : match.group()));
  }

  /** From every digit that no digit stands before, the longest reading that is a card. */
  private static String cards(String text, String replacement) {
    StringBuilder result = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int end = 0;
      boolean start = digit(text, at) && (at == 0 || !digit(text, at - 1));
      for (int to = at + 13; start && to <= Math.min(text.length(), at + 37); to++) {
        String part = text.substring(at, to);
        if (part.matches("\\d+(?:[ -]\\d+)*")
            && (to == text.length() || !digit(text, to))
            && isCard(part.replaceAll("[ -]", ""))) {
          end = to;
        }
      }
      if (end > 0) {
        result.append(replacement);
        at = end;
      } else {
        result.append(text.charAt(at++));
      }
    }
    return result.toString();
  }

  private static boolean digit(String text, int at) {
    return text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private static boolean isCard(String digits) {
    if (digits.length() < 13 || digits.length() > 19) {
      return false;
    }
    int four = Integer.parseInt(digits.substring(0, 4));
    boolean issued = (four >= 3000 && four <= 6999) || (four >= 2221 && four <= 2720);
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int digit = digits.charAt(digits.length() - 1 - i) - '0';
      sum += i % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10;
    }
    return issued && sum % 10 == 0;
  }

  private static String ipv6(String text, String replacement) {
    return all(
        "(?<![A-Za-z0-9_:])(?:"
            + String.join("|", ipv6Forms())
            + ")(?:(?![A-Za-z0-9_.:])|(?=[.:]+(?![0-9A-Fa-f.:])))",
        text,
        replacement,
        any -> true);
  }

  /** The longest forms first: with a :: that stands for 1 to 7 groups, or without. */
  private static List<String> ipv6Forms() {
    String group = "[0-9A-Fa-f]{1,4}";
    List<String> forms = new ArrayList<>();
    forms.add("(?:" + group + ":){6}" + IPV4);
    forms.add("(?:" + group + ":){7}" + group);
    for (int before = 7; before >= 0; before--) {
      for (int after = 7 - before; after >= 0; after--) {
        String left = before == 0 ? ":" : "(?:" + group + ":){" + before + "}";
        if (after >= 2) {
          forms.add(left + ":(?:" + group + ":){" + (after - 2) + "}" + IPV4);
        }
        if (after >= 1) {
          forms.add(left + ":(?:" + group + ":){" + (after - 1) + "}" + group);
        } else if (before > 0) {
          forms.add(left + ":");
        }
      }
    }
    return forms;
  }
}
