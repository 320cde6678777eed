package io.millrace.chaos;

import io.millrace.otlp.Signal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives each test that asks for a {@link Fleet} the same one: to start its processes costs more
 * than most faults. A test leaves it whole and empty; after one that could not, there is a new one.
 */
final class SharedFleet implements ParameterResolver {

  private static final Fleet.Size SIZE = new Fleet.Size(1, 2, List.of(Signal.values()), 2);

  /** Closed at the end of all tests. */
  private static final class Holder implements AutoCloseable {

    private @Nullable Fleet fleet;

    synchronized Fleet whole() {
      Fleet current = fleet;
      if (current == null || !current.isWhole() || !current.sink().isAtRest()) {
        close();
        current = Fleet.start(folder(), SIZE);
        fleet = current;
      }
      return current;
    }

    @Override
    public synchronized void close() {
      if (fleet != null) {
        fleet.close();
      }
    }
  }

  /** Where the processes of a fleet write, kept to look at after a test has failed. */
  static Path folder() {
    try {
      return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "fleet-")
          .toAbsolutePath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Fleet.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(SharedFleet.class))
        .getOrComputeIfAbsent(Holder.class, key -> new Holder(), Holder.class)
        .whole();
  }
}
