/** Suggestions for misspelt names of keys, parameters, settings and models. JDK only. */
@NullMarked
package dev.anneal.engine.text.spelling;

import org.jspecify.annotations.NullMarked;
