package io.millrace.traces.policy;

/**
 * A policy of the configuration.
 *
 * @param name for metrics and for the attribute on kept spans
 * @param path where it stands, {@code policies[2]}, for errors
 */
public record Policy(String name, String path, Rule rule) {}
