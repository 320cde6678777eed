package io.millrace.gateway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/** Waits for a fixed number of sends. The first failure stands for all. */
final class Acknowledgements implements Callback {

  private final AtomicInteger outstanding;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CompletableFuture<Void> all = new CompletableFuture<>();

  Acknowledgements(int sends) {
    outstanding = new AtomicInteger(sends);
    if (sends == 0) {
      all.complete(null);
    }
  }

  @Override
  public void onCompletion(@Nullable RecordMetadata metadata, @Nullable Exception exception) {
    if (exception != null) {
      failure.compareAndSet(null, exception);
    }
    // Not before the last: what is on its way still takes memory.
    if (outstanding.decrementAndGet() == 0) {
      Throwable first = failure.get();
      if (first == null) {
        all.complete(null);
      } else {
        all.completeExceptionally(first);
      }
    }
  }

  CompletableFuture<Void> all() {
    return all;
  }
}
