/**
 * What the three processors share: their configuration and the running of one delivery for each
 * destination. A signal's own module adds its stage.
 */
@NullMarked
package io.millrace.processor;

import org.jspecify.annotations.NullMarked;
