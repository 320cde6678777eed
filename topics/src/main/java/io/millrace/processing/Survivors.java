package io.millrace.processing;

import io.millrace.otlp.MalformedOtlp;
import io.millrace.otlp.OtlpItems;
import io.millrace.otlp.Signal;
import java.util.Arrays;
import java.util.stream.IntStream;

/** Which items of a request are left after each rule, by their numbers in the request. */
final class Survivors implements Rewrite.Kept {

  private int[] numbers;
  private int count;
  private boolean told;

  Survivors(int items) {
    numbers = IntStream.range(0, items).toArray();
    count = items;
  }

  /** Before a rule is applied. */
  void begin() {
    told = false;
  }

  /** Numbers only move towards the front, behind what is still to be told of. */
  @Override
  public void item(int number, boolean stays) {
    if (!told) {
      told = true;
      count = 0;
    }
    if (stays) {
      numbers[count++] = numbers[number];
    }
  }

  /** The items that are left, as they were. */
  byte[] of(Signal signal, byte[] request) throws MalformedOtlp {
    return OtlpItems.only(signal, request, Arrays.copyOf(numbers, count));
  }
}
