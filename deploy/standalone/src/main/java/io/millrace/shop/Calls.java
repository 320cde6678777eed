package io.millrace.shop;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.SpanKind;

/**
 * Steps of the usual kinds, with the attributes and metrics that OpenTelemetry's semantic
 * conventions (HTTP, RPC, database, messaging) name for them.
 */
final class Calls {

  /** {@code messaging.destination.name} of what checkout tells shipping. */
  static final String ORDERS = "orders";

  private static final AttributeKey<String> SERVER_ADDRESS = stringKey("server.address");
  private static final AttributeKey<Long> SERVER_PORT = longKey("server.port");

  private Calls() {}

  /**
   * An HTTP request and its answer.
   *
   * @param method {@code http.request.method}
   * @param route {@code http.route}, with placeholders
   * @param path {@code url.path}
   * @param status {@code http.response.status_code}
   */
  record Http(String method, String route, String path, long status) {}

  /** From 500 on an answer is an error of the server. */
  static Step httpServer(ShopService service, Http http) {
    Step step =
        new Step(service, SpanKind.SERVER, http.method() + " " + http.route())
            .measuredAs("http.server.request.duration")
            .measuredWith(stringKey("http.request.method"), http.method())
            .measuredWith(stringKey("http.route"), http.route())
            .measuredWith(longKey("http.response.status_code"), http.status())
            .measuredWith(stringKey("url.scheme"), "http")
            .with(stringKey("url.path"), http.path())
            .with(SERVER_ADDRESS, service.host())
            .with(SERVER_PORT, 8080L);
    return http.status() >= 500 ? step.failing(Long.toString(http.status())) : step;
  }

  /** For who asked, an answer is an error from 400 on. */
  static Step httpClient(ShopService service, String host, Http http) {
    Step step =
        new Step(service, SpanKind.CLIENT, http.method())
            .measuredAs("http.client.request.duration")
            .measuredWith(stringKey("http.request.method"), http.method())
            .measuredWith(longKey("http.response.status_code"), http.status())
            .measuredWith(SERVER_ADDRESS, host)
            .measuredWith(SERVER_PORT, 8080L)
            .with(stringKey("url.full"), "http://%s:8080%s".formatted(host, http.path()));
    return http.status() >= 400 ? step.failing(Long.toString(http.status())) : step;
  }

  /**
   * @param method {@code rpc.method}, with its service
   * @param status gRPC's, {@code OK}
   */
  static Step rpcServer(ShopService service, String method, String status) {
    return rpc(new Step(service, SpanKind.SERVER, method), "rpc.server.call.duration", status)
        .measuredWith(stringKey("rpc.method"), method);
  }

  static Step rpcClient(ShopService service, ShopService callee, String method, String status) {
    return rpc(new Step(service, SpanKind.CLIENT, method), "rpc.client.call.duration", status)
        .measuredWith(stringKey("rpc.method"), method)
        .measuredWith(SERVER_ADDRESS, callee.host())
        .measuredWith(SERVER_PORT, 9090L);
  }

  private static Step rpc(Step step, String histogram, String status) {
    step.measuredAs(histogram)
        .measuredWith(stringKey("rpc.system.name"), "grpc")
        .measuredWith(stringKey("rpc.response.status_code"), status);
    return status.equals("OK") ? step : step.failing(status);
  }

  /**
   * @param collection {@code db.collection.name}; the namespace is the service's own
   */
  static Step sql(ShopService service, String operation, String collection, String query) {
    return database(service, "postgresql", 5432L, operation, collection)
        .with(stringKey("db.query.text"), query);
  }

  static Step redis(ShopService service, String operation) {
    return database(service, "redis", 6379L, operation, "carts");
  }

  private static Step database(
      ShopService service, String system, long port, String operation, String collection) {
    return new Step(service, SpanKind.CLIENT, operation + " " + collection)
        .measuredAs("db.client.operation.duration")
        .measuredWith(stringKey("db.system.name"), system)
        .measuredWith(stringKey("db.operation.name"), operation)
        .measuredWith(stringKey("db.collection.name"), collection)
        .measuredWith(stringKey("db.namespace"), service.id())
        .measuredWith(SERVER_ADDRESS, system + ".shop.svc.cluster.local")
        .measuredWith(SERVER_PORT, port);
  }

  static Step send(ShopService service, long partition) {
    return messaging(new Step(service, SpanKind.PRODUCER, "send " + ORDERS), "send", partition)
        .measuredAs("messaging.client.operation.duration");
  }

  static Step process(ShopService service, long partition, long offset) {
    return messaging(
            new Step(service, SpanKind.CONSUMER, "process " + ORDERS), "process", partition)
        .measuredAs("messaging.process.duration")
        .measuredWith(stringKey("messaging.consumer.group.name"), service.id())
        .with(longKey("messaging.kafka.offset"), offset);
  }

  private static Step messaging(Step step, String operation, long partition) {
    return step.measuredWith(stringKey("messaging.system"), "kafka")
        .measuredWith(stringKey("messaging.operation.name"), operation)
        .measuredWith(stringKey("messaging.operation.type"), operation)
        .measuredWith(stringKey("messaging.destination.name"), ORDERS)
        .with(stringKey("messaging.destination.partition.id"), Long.toString(partition));
  }
}
