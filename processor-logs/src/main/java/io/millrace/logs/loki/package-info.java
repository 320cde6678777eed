/**
 * Loki's push API: log records become entries of streams. {@link io.millrace.logs.loki.LokiPush} is
 * the destination, {@code PushRequest} the conversion.
 */
@NullMarked
package io.millrace.logs.loki;

import org.jspecify.annotations.NullMarked;
