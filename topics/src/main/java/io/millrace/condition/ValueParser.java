package io.millrace.condition;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/** Parses what has a value: literals, constants, paths, converters and arithmetic over them. */
final class ValueParser<S> {

  private final Tokens tokens;
  private final Paths<S> paths;
  private final ConditionParser<S> conditions;
  private final Converters<S> converters;

  ValueParser(Tokens tokens, Paths<S> paths, ConditionParser<S> conditions) {
    this.tokens = tokens;
    this.paths = paths;
    this.conditions = conditions;
    this.converters = new Converters<>(paths);
  }

  Operand<S> sum() throws InvalidCondition {
    Operand<S> left = product();
    while (isSign("+") || isSign("-")) {
      Arithmetic how = Arithmetic.of(tokens.next().text());
      left = value(left.position(), how.expression(left.asExpression(), product().asExpression()));
    }
    return left;
  }

  private Operand<S> product() throws InvalidCondition {
    Operand<S> left = signed();
    while (isSign("*") || isSign("/")) {
      Arithmetic how = Arithmetic.of(tokens.next().text());
      left = value(left.position(), how.expression(left.asExpression(), signed().asExpression()));
    }
    return left;
  }

  private Operand<S> signed() throws InvalidCondition {
    Token sign = tokens.current();
    if (!isSign("+") && !isSign("-")) {
      return primary();
    }
    tokens.next();
    Token literal = tokens.current();
    if (literal.kind() == Token.Kind.WHOLE || literal.kind() == Token.Kind.DECIMAL) {
      tokens.next();
      return value(sign.position(), number(literal, sign.text()));
    }
    Expression<S> operand = primary().asExpression();
    return value(sign.position(), isMinus(sign) ? Arithmetic.negated(operand) : operand);
  }

  private static boolean isMinus(Token sign) {
    return sign.text().equals("-");
  }

  private boolean isSign(String sign) {
    return tokens.current().is(Token.Kind.SIGN, sign);
  }

  private Operand<S> primary() throws InvalidCondition {
    Token token = tokens.current();
    return switch (token.kind()) {
      case WHOLE, DECIMAL -> value(token.position(), number(tokens.next(), ""));
      case BYTES -> value(token.position(), bytes(tokens.next()));
      case TEXT -> value(token.position(), text(tokens.next().text()));
      case KEYWORD -> keyword(token);
      case STEP -> path();
      case NAME -> named();
      case SIGN -> parenthesis();
      case COMPARISON, END -> throw tokens.unexpected("a value or a condition");
    };
  }

  private Operand<S> parenthesis() throws InvalidCondition {
    if (!isSign("(")) {
      throw tokens.unexpected("a value or a condition");
    }
    int position = tokens.next().position();
    Operand<S> inner = conditions.or();
    tokens.expect(")");
    return new Operand<>(inner.expression(), inner.truth(), position);
  }

  private Operand<S> keyword(Token token) throws InvalidCondition {
    Value value = new Value();
    switch (token.text()) {
      case "nil" -> {
        tokens.next();
        return value(token.position(), new Literal<>(value));
      }
      case "true", "false" -> {
        tokens.next();
        boolean isTrue = token.text().equals("true");
        value.setBool(isTrue);
        return new Operand<>(new Literal<>(value), Truth.constant(isTrue), token.position());
      }
      default -> throw tokens.unexpected("a value or a condition");
    }
  }

  private static <S> Literal<S> number(Token token, String sign) throws InvalidCondition {
    Value value = new Value();
    String text = (sign.equals("-") ? "-" : "") + token.text();
    if (token.kind() == Token.Kind.DECIMAL) {
      value.setDouble(Double.parseDouble(text));
      return new Literal<>(value);
    }
    try {
      value.setInt(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new InvalidCondition(token.position(), text, "a whole number of 64 bits");
    }
    return new Literal<>(value);
  }

  private static <S> Literal<S> bytes(Token token) throws InvalidCondition {
    String hex = token.text().substring(2);
    if (hex.length() % 2 != 0) {
      throw new InvalidCondition(token.position(), token.text(), "an even number of hex digits");
    }
    Value value = new Value();
    value.slice(Value.Kind.BYTES, HexFormat.of().parseHex(hex), 0, hex.length() / 2);
    return new Literal<>(value);
  }

  private static <S> Literal<S> text(String text) {
    byte[] utf8 = text.getBytes(UTF_8);
    Value value = new Value();
    value.setString(utf8, 0, utf8.length);
    return new Literal<>(value);
  }

  private Operand<S> path() throws InvalidCondition {
    int position = tokens.current().position();
    List<Path.Step> steps = new ArrayList<>();
    do {
      if (!steps.isEmpty() && !steps.get(steps.size() - 1).keys().isEmpty()) {
        throw tokens.unexpected("no further path behind a key");
      }
      if (tokens.current().kind() != Token.Kind.STEP) {
        throw tokens.unexpected("a path");
      }
      steps.add(new Path.Step(tokens.next().text(), keys()));
    } while (tokens.nextIf(Token.Kind.SIGN, "."));
    Path path = new Path(position, List.copyOf(steps));
    Expression<S> resolved = paths.resolve(path);
    if (resolved == null) {
      String shown = path.names() + (path.keys().isEmpty() ? "" : "[...]");
      throw new InvalidCondition(
          position, shown, "a path of the " + paths.name() + " context that is supported");
    }
    return value(position, resolved);
  }

  private List<Path.Key> keys() throws InvalidCondition {
    List<Path.Key> keys = new ArrayList<>();
    while (tokens.nextIf(Token.Kind.SIGN, "[")) {
      keys.add(key());
      tokens.expect("]");
    }
    return List.copyOf(keys);
  }

  private Path.Key key() throws InvalidCondition {
    Token token = tokens.current();
    if (token.kind() == Token.Kind.TEXT) {
      tokens.next();
      return new Path.Key.Name(token.text());
    }
    if (token.kind() == Token.Kind.WHOLE) {
      tokens.next();
      return new Path.Key.Index(ValueParser.<S>number(token, "").value().bits());
    }
    throw tokens.unexpected("a text or a whole number as key");
  }

  /** A converter, if an opening parenthesis follows; a constant otherwise. */
  private Operand<S> named() throws InvalidCondition {
    Token name = tokens.next();
    if (!tokens.nextIf(Token.Kind.SIGN, "(")) {
      return constant(name);
    }
    Expression<S> converted = converters.of(name, arguments());
    Expression<S> expression = Keyed.of(converted, keys());
    return new Operand<>(expression, Truth.of(expression, name.text()), name.position());
  }

  private Operand<S> constant(Token name) throws InvalidCondition {
    OptionalLong number = paths.constant(name.text());
    if (number.isEmpty()) {
      throw new InvalidCondition(name.position(), name.text(), "a constant or a converter(...)");
    }
    Value value = new Value();
    value.setInt(number.getAsLong());
    return value(name.position(), new Literal<>(value));
  }

  private List<Argument<S>> arguments() throws InvalidCondition {
    List<Argument<S>> arguments = new ArrayList<>();
    if (tokens.nextIf(Token.Kind.SIGN, ")")) {
      return arguments;
    }
    do {
      arguments.add(argument());
    } while (tokens.nextIf(Token.Kind.SIGN, ","));
    tokens.expect(")");
    return arguments;
  }

  private Argument<S> argument() throws InvalidCondition {
    int position = tokens.current().position();
    if (!tokens.nextIf(Token.Kind.SIGN, "[")) {
      return new Argument<>(position, List.of(conditions.value().asExpression()), false);
    }
    List<Expression<S>> elements = new ArrayList<>();
    while (!tokens.nextIf(Token.Kind.SIGN, "]")) {
      if (!elements.isEmpty()) {
        tokens.expect(",");
      }
      elements.add(conditions.value().asExpression());
    }
    return new Argument<>(position, elements, true);
  }

  private static <S> Operand<S> value(int position, Expression<S> expression) {
    return new Operand<>(expression, null, position);
  }
}
