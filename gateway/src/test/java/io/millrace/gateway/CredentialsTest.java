package io.millrace.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.gateway.Credentials.Unusable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CredentialsTest {

  /** {@code printf %s one | sha256sum}, and of two. */
  static final String ONE = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";

  static final String TWO = "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3";

  private static final String NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  private static final String RULE =
      "(expected: tenants of 1 to 150 of a-z A-Z 0-9 ! - _ . * ' ( ), not . or ..,"
          + " or * alone for any)";

  @TempDir Path dir;
  private final List<Boolean> reloads = new ArrayList<>();

  @Test
  void shouldKnowTokensByTheirHashes() throws Exception {
    Credentials credentials =
        read("# who", "", ONE + "  team-a team-b # the shop", TWO.toUpperCase() + "\t*");

    Credential one = credentials.find("one").orElseThrow();
    assertThat(one.tenants()).containsExactly("team-a", "team-b");
    assertThat(one.defaultTenant()).contains("team-a");
    assertThat(one.permits("team-b")).isTrue();
    assertThat(one.permits("team-c")).isFalse();
    assertThat(one.permits(null)).isFalse();
    Credential two = credentials.find("two").orElseThrow();
    assertThat(two.defaultTenant()).isEmpty();
    assertThat(two.permits("anybody")).isTrue();
    assertThat(two.permits(null)).isTrue();
    for (String wrong : List.of("", "One", "one ", ONE, "three")) {
      assertThat(credentials.find(wrong)).isEmpty();
    }
  }

  /** A look-up by a part of the hash must not be all that is compared. */
  @Test
  void shouldCompareTheWholeHash() throws Exception {
    Credentials credentials = read(ONE.substring(0, 63) + (ONE.endsWith("0") ? "1" : "0") + " a");
    assertThat(credentials.find("one")).isEmpty();
  }

  static Stream<Arguments> malformed() {
    return Stream.of(
        Arguments.of(
            List.of("# first", "my-own-token team-a"),
            "line 2: a word of 12 characters"
                + " (expected: 64 hexadecimal digits, the SHA-256 of a token, then its tenants)"),
        Arguments.of(
            List.of(ONE + "0 a"),
            "line 1: a word of 65 characters"
                + " (expected: 64 hexadecimal digits, the SHA-256 of a token, then its tenants)"),
        Arguments.of(List.of(ONE), "line 1: no tenant (expected: one or more, or * for any)"),
        Arguments.of(
            List.of(ONE + " # team-a"), "line 1: no tenant (expected: one or more, or * for any)"),
        Arguments.of(List.of(ONE + "  -"), "line 1: - " + RULE),
        Arguments.of(List.of(ONE + " a/b"), "line 1: a/b " + RULE),
        Arguments.of(List.of(ONE + " a *"), "line 1: * " + RULE),
        Arguments.of(
            List.of(ONE + " a", TWO + " a", ONE.toUpperCase() + " b"),
            "line 3: the hash of line 1 (expected: each hash once)"),
        Arguments.of(
            List.of(NOTHING + " a"),
            "line 1: the hash of an empty token (expected: that of a random one)"),
        Arguments.of(List.of("# none"), "no credentials (expected: at least one line)"));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void shouldRefuseToBeginWith(List<String> lines, String message) throws IOException {
    Path file = write(lines.toArray(String[]::new));
    assertThatThrownBy(() -> new Credentials(file, reloads::add))
        .isInstanceOf(Unusable.class)
        .hasMessage(file + ": " + message);
  }

  @Test
  void shouldNotBeginWithoutItsFile() {
    Path missing = dir.resolve("missing");
    assertThatThrownBy(() -> new Credentials(missing, reloads::add))
        .isInstanceOf(Unusable.class)
        .hasMessage(missing + ": missing (expected: a file of credentials)");
  }

  @Test
  void shouldTakeWhatTheFileHasWhenItChanges() throws Exception {
    // Given
    Credentials credentials = read(ONE + " a");
    FileTime before = Files.getLastModifiedTime(dir.resolve("credentials"));

    // When
    Files.setLastModifiedTime(write(TWO + " a"), before);
    credentials.refresh();
    credentials.refresh();

    // Then
    assertThat(credentials.find("one")).isEmpty();
    assertThat(credentials.find("two")).isPresent();
    assertThat(reloads).containsExactly(true);
  }

  @Test
  void shouldKeepWhatItHasWhenTheFileCannotBeUsedAndCountThatOnce() throws Exception {
    // Given
    Credentials credentials = read(ONE + " a");

    // When, Then
    write("nonsense");
    credentials.refresh();
    credentials.refresh();
    assertThat(reloads).containsExactly(false);
    Files.delete(dir.resolve("credentials"));
    credentials.refresh();
    credentials.refresh();
    assertThat(reloads).containsExactly(false, false);
    assertThat(credentials.find("one")).isPresent();

    // And: it goes on by itself
    write(TWO + " a");
    credentials.refresh();
    assertThat(reloads).containsExactly(false, false, true);
    assertThat(credentials.find("two")).isPresent();
  }

  private Credentials read(String... lines) throws Exception {
    return new Credentials(write(lines), reloads::add);
  }

  private Path write(String... lines) throws IOException {
    String content = Stream.of(lines).collect(Collectors.joining("\n"));
    return Files.writeString(dir.resolve("credentials"), content);
  }
}
