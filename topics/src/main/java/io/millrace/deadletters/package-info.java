/**
 * The command {@code dead}: lists, shows, exports, redrives and drops what the delivery loops have
 * put into the dead-letter topics. {@link io.millrace.deadletters.LetterReader} is the class to
 * read first.
 *
 * <p>A dead-letter topic is a log like any other: what became of a letter is said by a mark, a
 * record behind it in its partition. So each letter is redriven or dropped once, whoever chose it,
 * by whatever filter, and whenever the command is stopped and run again.
 */
@NullMarked
package io.millrace.deadletters;

import org.jspecify.annotations.NullMarked;
