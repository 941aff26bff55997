/** Judges of a model's answers to the questions of a file: equal to what the file says, or graded. */
@NullMarked
package dev.anneal.engine.run.evaluate;

import org.jspecify.annotations.NullMarked;
