package io.millrace.daemon;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options {@code --config} and {@code --set}, as a picocli mixin for every command. */
public final class ConfigOptions {

  /** One file may serve every role: a role accepts the sections of the others unread. */
  private static final Set<String> SECTIONS =
      Set.of(
          "kafka",
          "topics",
          "admin",
          "gateway",
          "traces",
          "metrics",
          "logs",
          "standalone",
          "lag-exporter");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file with the configuration.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set one key, after the file: admin.port=0. May be repeated; the last wins.")
  private List<String> overrides = new ArrayList<>();

  /** Reads the configuration these options name. */
  public <C extends Record> C read(C defaults) {
    return read(defaults, List.of());
  }

  /**
   * Reads the configuration these options name.
   *
   * @param derived overrides that follow from a command's other options; {@code --set} wins over
   *     them, and they over the file
   */
  public <C extends Record> C read(C defaults, List<String> derived) {
    Set<String> others = new LinkedHashSet<>(SECTIONS);
    others.removeAll(ConfigReader.sections(defaults));
    List<String> all = new ArrayList<>(derived);
    all.addAll(overrides);
    return ConfigReader.read(defaults, others, file, all, System.getenv());
  }
}
