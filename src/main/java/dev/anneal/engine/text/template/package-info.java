/**
 * Chat templates: a small Jinja interpreter over maps, lists and strings, without reflection and with bounds on steps and output. Its packages depend on
 * one another in one direction: {@code syntax} (source to program) on {@code program} (what it does) on {@code library} (filters, tests, methods,
 * functions) on {@code value} (what Python's values do and how they print).
 */
@NamedInterface
@NullMarked
package dev.anneal.engine.text.template;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.NamedInterface;
