package io.millrace.gateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;

import io.millrace.gateway.CredentialsFile.Malformed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The credentials that are valid now, as their file has them. A file that cannot be used changes
 * nothing, is counted, and is named in the log once.
 */
final class Credentials {

  private static final Logger log = LoggerFactory.getLogger(Credentials.class);

  private final Path file;
  private final Consumer<Boolean> reloaded;
  private byte[] seen;
  private String complaint = "";

  /** By the first eight bytes of the hash; that two have the same by chance does not happen. */
  private volatile Map<Long, Credential> valid;

  /**
   * @param reloaded hears of every time that the file was read again: whether it could be used
   * @throws Unusable if the file cannot be used
   */
  Credentials(Path file, Consumer<Boolean> reloaded) throws Unusable {
    this.file = file;
    this.reloaded = reloaded;
    seen = read();
    valid = parse(seen);
  }

  /** What the holder of a token may do; empty if it is none of ours. */
  Optional<Credential> find(String token) {
    byte[] hash = sha256(token);
    Credential candidate = valid.get(prefix(hash));
    return candidate != null && MessageDigest.isEqual(hash, candidate.hash())
        ? Optional.of(candidate)
        : Optional.empty();
  }

  /** Takes what the file has now, if that has changed. Called by one thread, which may block. */
  void refresh() {
    try {
      byte[] now = read();
      // Not the time of its last change: a file that was moved here may have any.
      if (Arrays.equals(now, seen)) {
        complaint = "";
        return;
      }
      seen = now;
      valid = parse(now);
      complaint = "";
      reloaded.accept(true);
      log.info("gateway.credentials.file: {} credentials read again", valid.size());
    } catch (Unusable e) {
      complain(String.valueOf(e.getMessage()));
    }
  }

  private void complain(String message) {
    if (!message.equals(complaint)) {
      complaint = message;
      reloaded.accept(false);
      log.warn("gateway.credentials.file: {}; those read before stay", message);
    }
  }

  private byte[] read() throws Unusable {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new Unusable(file + ": missing (expected: a file of credentials)");
    } catch (IOException e) {
      throw new Unusable(file + ": cannot be read (" + e.getClass().getSimpleName() + ")");
    }
  }

  private Map<Long, Credential> parse(byte[] content) throws Unusable {
    try {
      return CredentialsFile.parse(content).stream()
          .collect(toMap(found -> prefix(found.hash()), identity(), (first, second) -> second));
    } catch (Malformed e) {
      throw new Unusable(file + ": " + e.getMessage());
    }
  }

  private static long prefix(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A file that cannot be used; the message names it and quotes no token. */
  static final class Unusable extends Exception {

    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }
}
