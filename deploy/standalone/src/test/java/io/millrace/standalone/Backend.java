package io.millrace.standalone;

import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.encoding.DecodingService;
import io.millrace.otlp.Signal;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An OTLP/HTTP backend that accepts everything and keeps the items it was given. */
final class Backend implements AutoCloseable {

  private final Map<Signal, List<Item>> items = new EnumMap<>(Signal.class);
  private final Server server;

  private Backend(int port) {
    ServerBuilder builder = Server.builder().http(port);
    for (Signal signal : Signal.values()) {
      items.put(signal, new CopyOnWriteArrayList<>());
      HttpService service = (context, request) -> keep(signal, request);
      builder.service(signal.httpPath(), service.decorate(DecodingService.newDecorator()));
    }
    server = builder.build();
    server.start().join();
  }

  /**
   * @param port 0 for any free one
   */
  static Backend start(int port) {
    return new Backend(port);
  }

  int port() {
    return server.activeLocalPort();
  }

  String url() {
    return "http://127.0.0.1:" + port();
  }

  List<Item> items(Signal signal) {
    return List.copyOf(items.get(signal));
  }

  private HttpResponse keep(Signal signal, HttpRequest request) {
    return HttpResponse.of(
        request
            .aggregate()
            .thenApply(
                whole -> {
                  items.get(signal).addAll(Item.of(signal, whole.content().array()));
                  return HttpResponse.of(HttpStatus.OK);
                }));
  }

  /** Does not wait for the server's threads, which takes seconds. */
  @Override
  public void close() {
    server.closeAsync();
  }
}
