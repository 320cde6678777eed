package io.millrace.condition;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses a boolean expression of OTTL by recursive descent: {@code or} binds less than {@code and},
 * that less than {@code not}, then comparisons, sums, products.
 */
final class ConditionParser<S> {

  private static final int MAX_DEPTH = 100;

  private final Tokens tokens;
  private final ValueParser<S> values;
  private int depth;

  private ConditionParser(String text, Paths<S> paths) throws InvalidCondition {
    this.tokens = new Tokens(text);
    this.values = new ValueParser<>(tokens, paths, this);
  }

  static <S> Truth<S> parse(String text, Paths<S> paths) throws InvalidCondition {
    ConditionParser<S> parser = new ConditionParser<>(text, paths);
    Truth<S> truth = parser.or().asTruth();
    if (parser.tokens.current().kind() != Token.Kind.END) {
      throw parser.tokens.unexpected("and, or, an operator or the end");
    }
    return truth;
  }

  /** An argument of a converter. */
  Operand<S> value() throws InvalidCondition {
    deeper();
    Operand<S> value = values.sum();
    depth--;
    return value;
  }

  /** What stands in parentheses: a condition or a value. */
  Operand<S> or() throws InvalidCondition {
    deeper();
    Operand<S> first = and();
    if (tokens.current().is(Token.Kind.KEYWORD, "or")) {
      List<Truth<S>> truths = new ArrayList<>();
      truths.add(first.asTruth());
      while (tokens.nextIf(Token.Kind.KEYWORD, "or")) {
        truths.add(and().asTruth());
      }
      first = new Operand<>(null, Truth.any(truths), first.position());
    }
    depth--;
    return first;
  }

  /** The parser calls itself; its stack must not overflow, whatever the text. */
  private void deeper() throws InvalidCondition {
    if (++depth > MAX_DEPTH) {
      throw new InvalidCondition(
          tokens.current().position(), "nesting", "at most " + MAX_DEPTH + " levels");
    }
  }

  private Operand<S> and() throws InvalidCondition {
    Operand<S> first = not();
    if (!tokens.current().is(Token.Kind.KEYWORD, "and")) {
      return first;
    }
    List<Truth<S>> truths = new ArrayList<>();
    truths.add(first.asTruth());
    while (tokens.nextIf(Token.Kind.KEYWORD, "and")) {
      truths.add(not().asTruth());
    }
    return new Operand<>(null, Truth.all(truths), first.position());
  }

  private Operand<S> not() throws InvalidCondition {
    int position = tokens.current().position();
    if (!tokens.nextIf(Token.Kind.KEYWORD, "not")) {
      return comparison();
    }
    return new Operand<>(null, Truth.not(comparison().asTruth()), position);
  }

  private Operand<S> comparison() throws InvalidCondition {
    Operand<S> left = values.sum();
    if (tokens.current().kind() != Token.Kind.COMPARISON) {
      return left;
    }
    Expression<S> a = left.asExpression();
    Comparison how = Comparison.of(tokens.next().text());
    Expression<S> b = values.sum().asExpression();
    return new Operand<>(null, Truth.comparison(a, how, b), left.position());
  }
}
