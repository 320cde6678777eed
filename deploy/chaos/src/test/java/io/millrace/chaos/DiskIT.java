package io.millrace.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.otlp.Signal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The disk of the only broker is full, or can be read only. A broker that cannot write its log ends
 * itself; somebody has to start it again when it can. Needs root, for a small disk of its own.
 */
class DiskIT {

  private static final int DISK_MEGABYTES = 64;
  private static final Fleet.Size SIZE = new Fleet.Size(1, 1, List.of(Signal.LOGS), 1);

  @Test
  void shouldRefuseWhileTheDiskIsFullAndGoOnWhenThereIsRoom() throws Exception {
    // Given
    Random random = Form.random("disk full");
    try (SmallDisk disk = SmallDisk.mount(SharedFleet.folder().resolve("disk"), DISK_MEGABYTES);
        Fleet fleet = Fleet.start(SharedFleet.folder(), disk.path(), SIZE);
        Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(1 + random.nextInt(100));

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
      fleet.awaitReady();
      load.awaitAcknowledged(10);
      load.finish().report("disk of the broker full", 1);
      assertThat(load.answers()).containsExactly(200, 503);
      fleet.assertLedgerCloses();
    }
  }

  @Test
  void shouldRefuseWhileTheDiskIsReadOnlyAndGoOnWhenItIsNot() throws Exception {
    // Given
    Random random = Form.random("disk read-only");
    try (SmallDisk disk = SmallDisk.mount(SharedFleet.folder().resolve("disk"), DISK_MEGABYTES);
        Fleet fleet = Fleet.start(SharedFleet.folder(), disk.path(), SIZE);
        Load load = Load.start(fleet, random)) {
      load.awaitAcknowledged(1 + random.nextInt(100));

      // When
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
      fleet.awaitReady();
      load.awaitAcknowledged(10);
      load.finish().report("disk of the broker read-only", 1);
      fleet.assertLedgerCloses();
    }
  }
}
