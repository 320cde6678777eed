package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.millrace.broker.Broker;
import io.millrace.otlp.Signal;
import io.millrace.topics.RecordHeaders;
import io.opentelemetry.proto.collector.trace.v1.TraceServiceGrpc;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Request metadata on its way into Kafka, over both transports. */
@Tag(Broker.ANY)
class MetadataHeadersIT {

  @Test
  void shouldTravelWithEveryRecord(@TempDir Path dir) throws Exception {
    // Given
    GatewaySection section = TestPipeline.section("gateway.metadata-headers=[X-Region]");
    try (Broker broker = Broker.forTests(dir);
        TestPipeline pipeline = TestPipeline.start(broker, section)) {
      Metadata metadata = new Metadata();
      metadata.put(Metadata.Key.of("x-region", Metadata.ASCII_STRING_MARSHALLER), "eu");
      metadata.put(Metadata.Key.of("x-other", Metadata.ASCII_STRING_MARSHALLER), "no");
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", pipeline.gateway.grpcPort())
              .usePlaintext()
              .build();

      // When
      var unused =
          TraceServiceGrpc.newBlockingStub(channel)
              .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
              .export(Otlp.spans(1, 50));
      HttpRequest post =
          HttpRequest.newBuilder(pipeline.http(Signal.TRACES))
              .header("content-type", "application/x-protobuf")
              .header("X-Region", "us")
              .header("X-Other", "no")
              .POST(BodyPublishers.ofByteArray(Otlp.spans(2, 50).toByteArray()))
              .build();
      HttpClient.newHttpClient().send(post, BodyHandlers.discarding());

      // Then
      var records = pipeline.records(Signal.TRACES);
      assertThat(records)
          .hasSize(2 * TestPipeline.PARTITIONS)
          .allSatisfy(
              record -> assertThat(RecordHeaders.get(record.headers(), "x-other")).isEmpty());
      assertThat(records)
          .extracting(record -> RecordHeaders.get(record.headers(), "x-region").orElseThrow())
          .containsOnly("eu", "us")
          .filteredOn("eu"::equals)
          .hasSize(TestPipeline.PARTITIONS);
      channel.shutdownNow();
    }
  }
}
