/**
 * Consumer groups seen from outside: moved to another time while they are empty ({@code reset}),
 * and how far behind they are, also when nobody is in them ({@code lag-exporter}).
 */
@NullMarked
package io.millrace.groups;

import org.jspecify.annotations.NullMarked;
