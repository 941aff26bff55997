/** Values as templates see them, with Python's operators and printed forms, and the filters, tests, methods and functions that a template can call. */
@NullMarked
package dev.anneal.engine.text.template.value;

import org.jspecify.annotations.NullMarked;
