/** From the source of a template to a program: the parser composes functions that run in a context. */
@NullMarked
package dev.anneal.engine.text.template.program;

import org.jspecify.annotations.NullMarked;
