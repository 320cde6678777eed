package io.millrace.condition;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts the text of a condition into tokens, one ahead of the parser. */
final class Tokens {

  private static final Set<String> KEYWORDS = Set.of("nil", "true", "false", "and", "or", "not");
  private static final Pattern STEP = Pattern.compile("[a-z][a-z0-9_]*");

  private record Rule(Token.Kind kind, Pattern pattern) {

    private static Rule of(Token.Kind kind, String pattern) {
      return new Rule(kind, Pattern.compile(pattern));
    }
  }

  private static final List<Rule> RULES =
      List.of(
          Rule.of(Token.Kind.BYTES, "0x[a-fA-F0-9]+"),
          Rule.of(Token.Kind.DECIMAL, "([0-9]++\\.[0-9]*+|\\.[0-9]++)([eE][-+]?[0-9]++)?"),
          Rule.of(Token.Kind.WHOLE, "[0-9]++"),
          Rule.of(Token.Kind.COMPARISON, "==|!=|>=|<=|>|<"),
          Rule.of(Token.Kind.SIGN, "[-+*/()\\[\\],.]"),
          Rule.of(Token.Kind.STEP, "[a-z][A-Za-z0-9_]*+"),
          Rule.of(Token.Kind.NAME, "[A-Z][A-Za-z0-9_]*+"));

  private static final Pattern SPACE = Pattern.compile("\\s*+");

  private final String text;
  private final Matcher matcher;
  private int position;
  private Token current;

  Tokens(String text) throws InvalidCondition {
    this.text = text;
    this.matcher = SPACE.matcher(text);
    this.current = read();
  }

  Token current() {
    return current;
  }

  Token next() throws InvalidCondition {
    Token taken = current;
    current = read();
    return taken;
  }

  boolean nextIf(Token.Kind kind, String text) throws InvalidCondition {
    boolean matches = current.is(kind, text);
    if (matches) {
      next();
    }
    return matches;
  }

  void expect(String sign) throws InvalidCondition {
    if (!nextIf(Token.Kind.SIGN, sign)) {
      throw unexpected("\"" + sign + "\"");
    }
  }

  InvalidCondition unexpected(String expected) {
    return new InvalidCondition(current.position(), current.shown(), expected);
  }

  private Token read() throws InvalidCondition {
    matcher.usePattern(SPACE).region(position, text.length()).lookingAt();
    position = matcher.end();
    if (position == text.length()) {
      return new Token(Token.Kind.END, "", position);
    }
    if (text.charAt(position) == '"') {
      return readText();
    }
    for (Rule rule : RULES) {
      if (matcher.usePattern(rule.pattern()).region(position, text.length()).lookingAt()) {
        return word(rule.kind(), matcher.group());
      }
    }
    String found = new String(Character.toChars(text.codePointAt(position)));
    throw new InvalidCondition(position, found, "a path, a literal, an operator or a converter");
  }

  private Token word(Token.Kind kind, String found) throws InvalidCondition {
    int start = position;
    position += found.length();
    if (kind != Token.Kind.STEP) {
      return new Token(kind, found, start);
    }
    if (KEYWORDS.contains(found)) {
      return new Token(Token.Kind.KEYWORD, found, start);
    }
    if (!STEP.matcher(found).matches()) {
      throw new InvalidCondition(start, found, "a path in lower case, or a converter");
    }
    return new Token(kind, found, start);
  }

  private Token readText() throws InvalidCondition {
    int start = position;
    StringBuilder meant = new StringBuilder();
    int at = start + 1;
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\') {
        at = Escape.read(text, at, meant);
      } else if (text.charAt(at) == '\n') {
        throw new InvalidCondition(at, "a line break", "\\n");
      } else {
        meant.append(text.charAt(at++));
      }
    }
    if (at == text.length()) {
      throw new InvalidCondition(start, "a text without an end", "\"");
    }
    position = at + 1;
    return new Token(Token.Kind.TEXT, meant.toString(), start);
  }
}
