/**
 * The names by which every process counts what became of items, and the command {@code ledger},
 * which adds them up over a fleet and says whether the balance closes.
 */
@NullMarked
package io.millrace.ledger;

import org.jspecify.annotations.NullMarked;
