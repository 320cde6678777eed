package io.millrace.destination;

import io.millrace.delivery.Answer;
import io.millrace.delivery.Batch;
import io.millrace.delivery.Destination;
import java.util.concurrent.CompletableFuture;

/** Accepts everything and keeps nothing: what a pipeline costs without its backend. */
record Discard(int maxRequestsPerLane) implements Destination {

  @Override
  public CompletableFuture<Answer> send(Batch batch) {
    return CompletableFuture.completedFuture(Answer.Accepted.ALL);
  }

  @Override
  public void close() {}
}
