/**
 * Values of templates with Python's operators and printed forms, and the filters, tests, methods and functions for
 * templates.
 */
@NullMarked
package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.NullMarked;
