package io.millrace.standalone;

import io.micrometer.core.instrument.MeterRegistry;
import io.millrace.daemon.Role;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code up} runs: the pipeline, the demo shop if asked for, and what a person sees of both.
 */
final class UpRole implements Role {

  private final Pipeline pipeline;
  private final @Nullable DemoShop shop;

  private UpRole(Pipeline pipeline, @Nullable DemoShop shop) {
    this.pipeline = pipeline;
    this.shop = shop;
  }

  /**
   * @param demoRate visits to the demo shop per second; 0 for no shop
   */
  static UpRole start(StandaloneConfig config, MeterRegistry registry, double demoRate) {
    Pipeline pipeline = Pipeline.start(config, registry);
    Banner.lines(config, pipeline).forEach(System.out::println);
    DemoShop shop =
        demoRate > 0 ? DemoShop.start("grpc://127.0.0.1:" + pipeline.grpcPort(), demoRate) : null;
    return new UpRole(pipeline, shop);
  }

  @Override
  public Optional<String> unready() {
    return pipeline.unready();
  }

  /** The shop sends what it has told before the gateway closes. */
  @Override
  public void close() {
    if (shop != null) {
      shop.close();
    }
    pipeline.close();
  }
}
