package io.millrace.destination;

import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request body as the arrays it consists of, which are sent as they are. The JDK's own publishers
 * copy every body into buffers of 16 KiB first.
 *
 * @param parts none of them empty; must not be changed
 */
record RequestBody(List<byte[]> parts) implements HttpRequest.BodyPublisher {

  /** A socket copies what it is given, also if it then takes only some of it. */
  static final int SLICE_BYTES = 64 << 10;

  @Override
  public long contentLength() {
    return parts.stream().mapToLong(part -> part.length).sum();
  }

  /** May be called again: a request is sent anew where a kept connection turns out to be closed. */
  @Override
  public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
    subscriber.onSubscribe(new Slices(parts, subscriber));
  }

  /**
   * Gives slices to whoever asks for them. The thread whose request finds nothing asked for before
   * it gives, also what others ask for meanwhile.
   */
  private static final class Slices implements Flow.Subscription {

    private final List<byte[]> parts;
    private final Flow.Subscriber<? super ByteBuffer> subscriber;
    private final AtomicLong wanted = new AtomicLong();
    private int part;
    private int position;
    private volatile boolean isOver;

    Slices(List<byte[]> parts, Flow.Subscriber<? super ByteBuffer> subscriber) {
      this.parts = parts;
      this.subscriber = subscriber;
    }

    @Override
    public void request(long count) {
      if (isOver) {
        return;
      }
      if (count <= 0) {
        isOver = true;
        subscriber.onError(new IllegalArgumentException("request of " + count));
      } else if (wanted.getAndAccumulate(count, Slices::addBounded) == 0) {
        do {
          give();
        } while (!isOver && wanted.decrementAndGet() > 0);
      }
    }

    private static long addBounded(long one, long other) {
      return one + other < 0 ? Long.MAX_VALUE : one + other;
    }

    private void give() {
      if (part < parts.size()) {
        byte[] from = parts.get(part);
        int length = Math.min(SLICE_BYTES, from.length - position);
        ByteBuffer slice = ByteBuffer.wrap(from, position, length);
        position += length;
        if (position == from.length) {
          part++;
          position = 0;
        }
        subscriber.onNext(slice);
      }
      if (part == parts.size() && !isOver) {
        isOver = true;
        subscriber.onComplete();
      }
    }

    @Override
    public void cancel() {
      isOver = true;
    }
  }
}
