package io.millrace.daemon;

import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One role from start to end: metrics, admin port, role, then the wait for a stop, then the same
 * backwards. All on the main thread; the admin port asks {@link #unready} from its own.
 */
final class RoleProcess<C extends Record> {

  private static final Logger log = LoggerFactory.getLogger(RoleProcess.class);

  private final String name;
  private final C config;
  private final AdminConfig admin;
  private final Starter<C> starter;

  private volatile Optional<String> phase = Optional.of("starting");
  private volatile Optional<Role> running = Optional.empty();

  RoleProcess(String name, C config, AdminConfig admin, Starter<C> starter) {
    this.name = name;
    this.config = config;
    this.admin = admin;
    this.starter = starter;
  }

  /** Runs until stopped and gives the exit status. */
  int run(StopSignal stop) throws Exception {
    try (Metrics metrics = new Metrics();
        AdminServer server = AdminServer.start(admin, pages(metrics))) {
      Optional<Role> role = start(stop, metrics);
      if (role.isEmpty()) {
        log.info("{} stopped before it had started", name);
        return Daemon.OK;
      }
      try (Role toClose = role.get()) {
        log.info("{} {} started, admin port {}", name, Version.current().version(), server.port());
        running = role;
        phase = Optional.empty();
        stop.await();
        phase = Optional.of("stopping");
        log.info("{} stopping", name);
      }
      log.info("{} stopped", name);
      return Daemon.OK;
    }
  }

  /** Empty if a stop was requested while the role started. */
  private Optional<Role> start(StopSignal stop, Metrics metrics) throws Exception {
    try {
      return Optional.of(starter.start(config, metrics.registry()));
    } catch (Exception e) {
      if (stop.isRequested()) {
        log.debug("start interrupted", e);
        return Optional.empty();
      }
      throw e;
    } finally {
      stop.started();
    }
  }

  private AdminPages pages(Metrics metrics) {
    return new AdminPages(
        name, metrics.registry()::scrape, this::unready, EffectiveConfig.yaml(config));
  }

  private Optional<String> unready() {
    return phase.or(() -> running.flatMap(Role::unready));
  }
}
