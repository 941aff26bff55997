/** The closed set of what a template may call: filters, tests, methods and functions. */
@NullMarked
package dev.anneal.engine.text.template.library;

import org.jspecify.annotations.NullMarked;
