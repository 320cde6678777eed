/**
 * The processing stage that the three signals share: rules that change attributes, drop or keep
 * items, redact and truncate texts, on the bytes that are about to be delivered. What no rule
 * changes is passed on as it is, the same array. {@link io.millrace.processing.Processing} is the
 * stage, {@link io.millrace.processing.RuleConfig} one rule.
 */
@NullMarked
package io.millrace.processing;

import org.jspecify.annotations.NullMarked;
