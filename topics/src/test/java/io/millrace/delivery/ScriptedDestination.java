package io.millrace.delivery;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A destination that answers as a test tells it to, and remembers what it accepted, in order. */
final class ScriptedDestination implements Destination {

  final List<Batch> accepted = new CopyOnWriteArrayList<>();
  final List<Batch> offered = new CopyOnWriteArrayList<>();
  private final int perLane;
  private volatile Function<Batch, CompletableFuture<Answer>> script =
      batch -> now(Answer.Accepted.ALL);

  ScriptedDestination(int perLane) {
    this.perLane = perLane;
  }

  ScriptedDestination answering(Function<Batch, CompletableFuture<Answer>> newScript) {
    script = newScript;
    return this;
  }

  static CompletableFuture<Answer> now(Answer answer) {
    return CompletableFuture.completedFuture(answer);
  }

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    offered.add(batch);
    return script
        .apply(batch)
        .thenApply(
            answer -> {
              if (answer instanceof Answer.Accepted) {
                accepted.add(batch);
              }
              return answer;
            });
  }

  List<byte[]> values() {
    return accepted.stream().flatMap(batch -> batch.values().stream()).toList();
  }

  @Override
  public int maxRequestsPerLane() {
    return perLane;
  }

  @Override
  public void close() {}
}
