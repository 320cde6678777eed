package io.millrace.daemon;

/**
 * A role's configuration that must hold more than each of its keys alone shows: what has no usable
 * default, for example, must have been set. Asked before a role runs, and by {@code validate}.
 */
public interface CheckedConfig {

  /**
   * @throws InvalidConfig naming the key, from the root
   */
  void check();
}
