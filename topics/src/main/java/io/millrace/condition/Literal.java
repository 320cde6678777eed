package io.millrace.condition;

/** An expression whose value stands in the text of the condition. */
record Literal<S>(Value value) implements Expression<S> {

  @Override
  public void read(S source, Value into) {
    into.set(value);
  }
}
