package io.millrace.delivery;

import java.util.concurrent.CompletableFuture;

/** Where batches go: a backend, or a file. Called from one delivery loop's thread. */
public interface Destination extends AutoCloseable {

  /**
   * Sends one batch without blocking. The answer comes from any thread, never exceptionally, and
   * always within a bounded time.
   */
  CompletableFuture<Answer> send(Batch batch);

  /**
   * Batches of one tenant and partition that may be under way at once: 1 keeps their order, which a
   * backend that refuses late samples needs.
   */
  int maxRequestsPerLane();

  @Override
  void close();
}
