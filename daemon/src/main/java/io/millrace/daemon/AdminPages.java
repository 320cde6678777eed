package io.millrace.daemon;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the admin port shows. The suppliers are called on its threads, once per request.
 *
 * @param name of the process, {@code gateway}
 * @param metrics Prometheus text, version 0.0.4
 * @param unready why the process cannot do its work now, in one line; empty when it can
 * @param config the effective configuration as YAML, secrets masked
 */
public record AdminPages(
    String name, Supplier<String> metrics, Supplier<Optional<String>> unready, String config) {}
