package io.millrace.condition;

import java.util.List;

/** A converter's name with what it is called with. */
record Call<S>(Token name, List<Argument<S>> arguments) {

  Call<S> takes(int count) throws InvalidCondition {
    if (arguments.size() != count) {
      throw new InvalidCondition(
          name.position(),
          "%s with %d arguments".formatted(name.text(), arguments.size()),
          String.valueOf(count));
    }
    return this;
  }

  Expression<S> only() throws InvalidCondition {
    return takes(1).single(0);
  }

  Expression<S> single(int index) throws InvalidCondition {
    return arguments.get(index).single();
  }

  InvalidCondition invalid(int index, String found, String expected) {
    return new InvalidCondition(arguments.get(index).position(), found, expected);
  }
}
