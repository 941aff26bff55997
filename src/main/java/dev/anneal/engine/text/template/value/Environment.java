package dev.anneal.engine.text.template.value;

import java.time.ZonedDateTime;

/**
 * What built-ins may use besides their arguments.
 *
 * @param now the instant that {@code strftime_now} shows
 */
public record Environment(Budget budget, ZonedDateTime now) {}
