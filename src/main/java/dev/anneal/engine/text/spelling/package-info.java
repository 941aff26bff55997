/** Guesses the known name that a misspelt one means: of keys, parameters, settings and models. JDK only. */
@NullMarked
package dev.anneal.engine.text.spelling;

import org.jspecify.annotations.NullMarked;
