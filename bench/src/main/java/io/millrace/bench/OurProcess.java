package io.millrace.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a role of ours is started: by the launcher, as anyone starts it.
 *
 * @param launcher {@code ./millrace}
 * @param javaOpts more flags for the JVM
 * @param settings {@code key=value} that stand over those of the benchmark
 */
record OurProcess(Path launcher, String javaOpts, List<String> settings) {

  List<String> command(String role) {
    return new ArrayList<>(List.of(launcher.toString(), role));
  }

  /** The same with more settings, which stand behind those of the person who measures. */
  OurProcess with(String... more) {
    List<String> all = new ArrayList<>(List.of(more));
    all.addAll(settings);
    return new OurProcess(launcher, javaOpts, all);
  }

  static void set(List<String> command, String key, Object value) {
    command.add("--set");
    command.add(key + "=" + value);
  }

  /** Adds what the person who measures has to say. */
  Child start(String name, Path folder, List<String> command, String heap) {
    for (String setting : settings) {
      command.add("--set");
      command.add(setting);
    }
    return Child.start(name, folder, Map.of("MILLRACE_JAVA_OPTS", heap + " " + javaOpts), command);
  }
}
