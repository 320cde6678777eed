/**
 * Delivers once more what a topic held between two moments, through the same processor code, in a
 * consumer group of its own. Kafka keeps all there is to know of a replay: the group's offsets say
 * how far it has come, and the notes beside them where it ends. So one that was stopped goes on
 * with the same records, and live groups know nothing of it.
 *
 * <p>{@link io.millrace.replay.Replay} is the class to read first. The processors' modules start
 * their own role with it.
 */
@NullMarked
package io.millrace.replay;

import org.jspecify.annotations.NullMarked;
