package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetectorFactory;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Hears of buffers that were collected without having been released. */
final class LeakWatch {

  private static final List<String> LEAKS = new CopyOnWriteArrayList<>();

  private LeakWatch() {}

  /** To be called before the first buffer is made. */
  static void install() {
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(
        new ResourceLeakDetectorFactory() {
          @Override
          @SuppressWarnings("deprecation") // abstract still
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval, long maxActive) {
            return newResourceLeakDetector(resource, samplingInterval);
          }

          @Override
          public <T> ResourceLeakDetector<T> newResourceLeakDetector(
              Class<T> resource, int samplingInterval) {
            return new Detector<>(resource, samplingInterval);
          }
        });
  }

  /** Of what has been collected so far; the next call may find more. */
  static void assertNone() {
    collectGarbage();
    // A detector reports when a new buffer is made.
    for (int i = 0; i < 10; i++) {
      ByteBufAllocator.DEFAULT.directBuffer(64).release();
      ByteBufAllocator.DEFAULT.heapBuffer(64).release();
    }
    assertThat(LEAKS).isEmpty();
  }

  /** Returns when what was unreachable has been put on its reference queues. */
  private static void collectGarbage() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    WeakReference<Object> sentinel = new WeakReference<>(new Object(), queue);
    await()
        .atMost(Duration.ofMinutes(2)) // a collection takes seconds where others want the cores
        .pollInterval(Duration.ofMillis(5))
        .until(
            () -> {
              System.gc();
              return sentinel.refersTo(null) && queue.poll() != null;
            });
  }

  private static final class Detector<T> extends ResourceLeakDetector<T> {

    Detector(Class<T> resource, int samplingInterval) {
      super(resource, samplingInterval);
    }

    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      LEAKS.add(resourceType + records);
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      LEAKS.add(resourceType);
    }
  }
}
