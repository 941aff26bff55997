/** A compiled template: expressions and statements that know how to run themselves in a context. */
@NullMarked
package dev.anneal.engine.text.template.program;

import org.jspecify.annotations.NullMarked;
