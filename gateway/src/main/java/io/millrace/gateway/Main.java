package io.millrace.gateway;

import io.millrace.daemon.Daemon;

/** The gateway as a process of its own. */
public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.exit(
        Daemon.run("gateway", GatewayConfig.DEFAULT, GatewayConfig::admin, Gateway::start, args));
  }
}
