/** Evaluations of a model on a file: exact matches, or graded completions. */
@NullMarked
package dev.anneal.engine.run.evaluate;

import org.jspecify.annotations.NullMarked;
