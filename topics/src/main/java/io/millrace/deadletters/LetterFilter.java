package io.millrace.deadletters;

import io.millrace.terminal.Period;
import java.util.Optional;

/**
 * Which letters are meant; what is not given does not matter.
 *
 * @param destination that refused it
 * @param period in which they became dead letters
 */
record LetterFilter(
    Optional<String> reason,
    Optional<String> tenant,
    Optional<String> service,
    Optional<String> destination,
    Period period) {

  /** Does it choose a letter of its period? */
  boolean chooses(Letter letter) {
    return reason.map(letter.reason()::equals).orElse(true)
        && tenant.map(letter.tenant()::equals).orElse(true)
        && destination.map(letter.destination()::equals).orElse(true)
        && service.map(name -> letter.services().contains(name)).orElse(true);
  }
}
