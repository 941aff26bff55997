/**
 * Python's rules for the values of templates, which are Java's own, and the filters, tests, methods and functions for
 * templates.
 */
@NullMarked
package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.NullMarked;
