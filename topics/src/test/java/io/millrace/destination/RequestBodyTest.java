package io.millrace.destination;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Flow;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

  private static final List<byte[]> PARTS =
      List.of(bytes(1), bytes(RequestBody.SLICE_BYTES), bytes(3 * RequestBody.SLICE_BYTES + 1));

  private final RequestBody body = new RequestBody(PARTS);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, Long.MAX_VALUE})
  void shouldGiveAllOfItInSlicesAsOftenAsAsked(long atOnce) {
    for (int time = 0; time < 2; time++) {
      Reader reader = new Reader(atOnce, 100);
      body.subscribe(reader);

      assertThat(reader.read.toByteArray()).isEqualTo(all());
      assertThat(reader.sizes).hasSize(6).allMatch(size -> size <= RequestBody.SLICE_BYTES);
      assertThat(reader.ends).containsExactly("complete");
    }
    assertThat(body.contentLength()).isEqualTo(all().length);
  }

  @Test
  void shouldGiveNoMoreThanIsAskedFor() {
    Reader reader = new Reader(1, 2);
    body.subscribe(reader);

    assertThat(reader.sizes).hasSize(2);
    assertThat(reader.ends).isEmpty();
  }

  @Test
  void shouldGiveNothingMoreOnceCancelled() {
    Reader reader = new Reader(1, 2);
    body.subscribe(reader);
    reader.subscription.cancel();
    reader.subscription.request(10);

    assertThat(reader.sizes).hasSize(2);
    assertThat(reader.ends).isEmpty();
  }

  @Test
  void shouldRefuseToBeAskedForNothing() {
    Reader reader = new Reader(1, 1);
    body.subscribe(reader);
    reader.subscription.request(0);
    reader.subscription.request(1);

    assertThat(reader.sizes).hasSize(1);
    assertThat(reader.ends).containsExactly("error");
  }

  private static byte[] bytes(int size) {
    byte[] bytes = new byte[size];
    new Random(size).nextBytes(bytes);
    return bytes;
  }

  private static byte[] all() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    PARTS.forEach(all::writeBytes);
    return all.toByteArray();
  }

  /** Asks for some at first, and with each slice again, up to a number of slices. */
  private static final class Reader implements Flow.Subscriber<ByteBuffer> {

    final ByteArrayOutputStream read = new ByteArrayOutputStream();
    final List<Integer> sizes = new ArrayList<>();
    final List<String> ends = new ArrayList<>();
    private final long atOnce;
    private final int most;
    private Flow.Subscription subscription =
        new Flow.Subscription() {
          @Override
          public void request(long count) {}

          @Override
          public void cancel() {}
        };

    Reader(long atOnce, int most) {
      this.atOnce = atOnce;
      this.most = most;
    }

    @Override
    public void onSubscribe(Flow.Subscription to) {
      subscription = to;
      to.request(atOnce);
    }

    @Override
    public void onNext(ByteBuffer slice) {
      sizes.add(slice.remaining());
      read.write(slice.array(), slice.arrayOffset() + slice.position(), slice.remaining());
      if (sizes.size() < most) {
        subscription.request(atOnce);
      }
    }

    @Override
    public void onError(Throwable failure) {
      ends.add("error");
    }

    @Override
    public void onComplete() {
      ends.add("complete");
    }
  }
}
