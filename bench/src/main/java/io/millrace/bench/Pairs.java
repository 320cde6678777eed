package io.millrace.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Runs of both sides, pair by pair, of which now one and now the other goes first.
 *
 * @param <R> what one run cost
 */
record Pairs<R>(List<R> ours, List<R> theirs) {

  static <R> Pairs<R> measure(Plan plan, Supplier<R> ours, Supplier<R> theirs) {
    Pairs<R> pairs = new Pairs<>(new ArrayList<>(), new ArrayList<>());
    for (int pair = 0; pair < plan.pairs(); pair++) {
      if (pair % 2 == 0) {
        pairs.ours.add(ours.get());
        pairs.theirs.add(theirs.get());
      } else {
        pairs.theirs.add(theirs.get());
        pairs.ours.add(ours.get());
      }
      plan.say(
          "  pair %d: ours %s; theirs %s"
              .formatted(pair + 1, pairs.ours.get(pair), pairs.theirs.get(pair)));
    }
    return pairs;
  }

  Row row(String name, String unit, ToDoubleFunction<R> figure, long lost) {
    List<Row.Pair> figures = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      figures.add(
          new Row.Pair(figure.applyAsDouble(ours.get(i)), figure.applyAsDouble(theirs.get(i))));
    }
    return Row.of(name, unit, figures, lost);
  }
}
