package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a file of credentials. A line is the SHA-256 of a token in hexadecimal and, after spaces,
 * the tenants it may write for, or {@code *} for any. From a {@code #} on, a line is a comment.
 *
 * <p>A plain SHA-256 is enough because tokens are random: there is nothing to guess that salt or a
 * slow hash would protect. Complaints name the line and quote nothing of it that may be a token.
 */
final class CredentialsFile {

  private static final String ANY = "*";

  /** What {@code printf %s "$TOKEN" | sha256sum} makes of a variable that is not set. */
  private static final String HASH_OF_NOTHING =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

  /** Where each hash stands, to find those given twice. */
  private final Map<String, Integer> lines = new HashMap<>();

  private CredentialsFile() {}

  static List<Credential> parse(byte[] content) throws Malformed {
    CredentialsFile file = new CredentialsFile();
    List<String> lines = new String(content, UTF_8).lines().toList();
    Stream.Builder<Credential> credentials = Stream.builder();
    for (int i = 0; i < lines.size(); i++) {
      file.line(i + 1, lines.get(i)).ifPresent(credentials);
    }
    if (file.lines.isEmpty()) {
      // More likely a file that is just being written than the wish to let nobody in.
      throw new Malformed("no credentials (expected: at least one line)");
    }
    return credentials.build().toList();
  }

  private Optional<Credential> line(int number, String line) throws Malformed {
    String entry = line.replaceFirst("(^|\\s)#.*", "").strip();
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    List<String> words = List.of(entry.split("\\s+", -1));
    byte[] hash = hash(number, words.get(0));
    return Optional.of(new Credential(hash, tenants(number, words.subList(1, words.size()))));
  }

  private byte[] hash(int number, String word) throws Malformed {
    if (!word.matches("[0-9a-fA-F]{64}")) {
      throw new Malformed(
          number,
          "a word of " + word.length() + " characters",
          "64 hexadecimal digits, the SHA-256 of a token, then its tenants");
    }
    byte[] hash = HexFormat.of().parseHex(word);
    String digits = HexFormat.of().formatHex(hash);
    if (digits.equals(HASH_OF_NOTHING)) {
      throw new Malformed(number, "the hash of an empty token", "that of a random one");
    }
    Integer before = lines.putIfAbsent(digits, number);
    if (before != null) {
      throw new Malformed(number, "the hash of line " + before, "each hash once");
    }
    return hash;
  }

  private static List<String> tenants(int number, List<String> words) throws Malformed {
    if (words.isEmpty()) {
      throw new Malformed(number, "no tenant", "one or more, or * for any");
    }
    if (words.equals(List.of(ANY))) {
      return List.of();
    }
    for (String word : words) {
      // sha256sum writes a dash where a file's name would be.
      if (!Tenant.isValid(word) || word.equals(ANY) || word.equals("-")) {
        throw new Malformed(number, word, "tenants of " + Tenant.RULE + ", or * alone for any");
      }
    }
    return words;
  }

  /** A file that is none; the message begins with the line. */
  static final class Malformed extends Exception {

    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }

    private Malformed(int line, String found, String expected) {
      this("line %d: %s (expected: %s)".formatted(line, found, expected));
    }
  }
}
