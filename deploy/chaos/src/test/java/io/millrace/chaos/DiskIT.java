package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The disk of the only broker is full, or can be read only. A broker that cannot write its log ends
 * itself; somebody has to start it again when it can. Needs root, for a small disk of its own.
 */
class DiskIT {

  private static final int DISK_MEGABYTES = 64;
  private static final int MOST_REQUESTS = 100;

  private static SmallDisk disk;
  private static Fleet fleet;

  @BeforeAll
  static void start() throws Exception {
    disk = SmallDisk.mount(SharedFleet.folder().resolve("disk"), DISK_MEGABYTES);
    var size = new Fleet.Size(1, 1, List.of(Signal.LOGS), 1);
    fleet = Fleet.start(SharedFleet.folder(), disk.path(), size);
  }

  @AfterAll
  static void stop() throws Exception {
    if (fleet != null) {
      fleet.close();
    }
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void shouldRefuseWhileTheDiskIsFullAndGoOnWhenThereIsRoom() throws Exception {
    // Given
    Random random = Form.random("disk full");
    try (Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

      // When
      Path filler = disk.fill();

      // Then
      load.awaitAnswers(503, 2);
      fleet.gateways().forEach(Member::awaitUnready);
      fleet.broker().awaitEnd();
      assertThat(fleet.broker().output()).contains("No space left on device");

      // When
      Files.delete(filler);
      fleet.broker().start();
      fleet.broker().awaitReady();

      // Then
      load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
      load.finish().report("disk of the broker full", 1);
      assertThat(load.answers()).containsExactly(200, 503);
    }
    fleet.assertLedgerCloses();
  }

  @Test
  void shouldRefuseWhileTheDiskIsReadOnlyAndGoOnWhenItIsNot() throws Exception {
    // Given
    Random random = Form.random("disk read-only");
    try (Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));

      // When: only while nobody writes to it can it be made so
      fleet.broker().kill();
      disk.remount("ro");
      fleet.broker().start();

      // Then
      fleet.broker().awaitEnd();
      assertThat(fleet.broker().output()).contains("Read-only file system");
      load.awaitAnswers(503, 2);

      // When
      disk.remount("rw");
      fleet.broker().start();
      fleet.broker().awaitReady();

      // Then
      load.awaitAcknowledged(1 + random.nextInt(MOST_REQUESTS));
      load.finish().report("disk of the broker read-only", 1);
      assertThat(load.answers()).containsExactly(200, 503);
    }
    fleet.assertLedgerCloses();
  }
}
