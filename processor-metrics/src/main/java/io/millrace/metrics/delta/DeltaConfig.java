package io.millrace.metrics.delta;

import io.millrace.daemon.InvalidConfig;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Whether and how delta points are summed. Every metrics processor of an installation must say the
 * same of {@code enabled}.
 *
 * @param enabled sum delta points into cumulative ones, and deliver these in their place; default
 *     false
 * @param stateDir where the state lies, one folder for each process; best kept over restarts, for
 *     without it the state is read back from Kafka; default ./millrace-state
 * @param instanceId Kafka's {@code group.instance.id}, one for each process: a process that comes
 *     back under its name takes its partitions up where it left them; empty for none, the default
 * @param threads stream threads; 1 to 64, default 1
 * @param standbyReplicas other processes that keep a copy of each partition's state, ready to take
 *     it over; 0 to 8, default 0
 * @param commitInterval time between transactions, and so what summing adds to the delay; more than
 *     0, default 100 ms
 * @param maxStale a series without a point for so long is ended by a stale marker and forgotten;
 *     more than 0, default 5 min
 * @param maxGap a longer time between a series' last point and the start of its next one means that
 *     points are missing: the sum starts anew; 0 or more, default 5 min
 * @param maxSeries series of one tenant on one partition; points of more are refused; 1 or more,
 *     default 250 000
 * @param memoryBytes what RocksDB may take for blocks and writes of all stores together; 8 MiB or
 *     more, default 64 MiB
 */
public record DeltaConfig(
    boolean enabled,
    Path stateDir,
    String instanceId,
    int threads,
    int standbyReplicas,
    Duration commitInterval,
    Duration maxStale,
    Duration maxGap,
    int maxSeries,
    long memoryBytes) {

  public static final DeltaConfig DEFAULT =
      new DeltaConfig(
          false,
          Path.of("millrace-state"),
          "",
          1,
          0,
          Duration.ofMillis(100),
          Duration.ofMinutes(5),
          Duration.ofMinutes(5),
          250_000,
          64 << 20);

  public DeltaConfig {
    if (!instanceId.matches("[a-zA-Z0-9._-]{0,200}")) {
      throw new InvalidConfig(
          "instance-id", instanceId, "up to 200 letters, digits, '.', '_' or '-'");
    }
    requireRange("threads", threads, 1, 64);
    requireRange("standby-replicas", standbyReplicas, 0, 8);
    requirePositive("commit-interval", commitInterval);
    requirePositive("max-stale", maxStale);
    if (maxGap.isNegative()) {
      throw new InvalidConfig("max-gap", maxGap, "0 or more");
    }
    if (maxSeries < 1) {
      throw new InvalidConfig("max-series", maxSeries, "1 or more");
    }
    if (memoryBytes < 8 << 20) {
      throw new InvalidConfig("memory-bytes", memoryBytes, "8388608 or more");
    }
  }

  private static void requireRange(String key, int value, int least, int most) {
    if (value < least || value > most) {
      throw new InvalidConfig(key, value, "%d to %d".formatted(least, most));
    }
  }

  private static void requirePositive(String key, Duration value) {
    if (value.toMillis() <= 0) {
      throw new InvalidConfig(key, value, "1ms or more");
    }
  }

  /** The same with the state in another folder. */
  public DeltaConfig in(Path folder) {
    return new DeltaConfig(
        enabled,
        folder,
        instanceId,
        threads,
        standbyReplicas,
        commitInterval,
        maxStale,
        maxGap,
        maxSeries,
        memoryBytes);
  }
}
