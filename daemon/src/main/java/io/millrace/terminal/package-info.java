/**
 * What commands show to a person and take from one: tables, a line of progress, times and rates. It
 * knows nothing of what the commands do.
 */
@NullMarked
package io.millrace.terminal;

import org.jspecify.annotations.NullMarked;
