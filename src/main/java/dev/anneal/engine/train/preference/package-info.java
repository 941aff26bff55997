/** Preference optimization: chosen and rejected answers of pairs. */
@NullMarked
package dev.anneal.engine.train.preference;

import org.jspecify.annotations.NullMarked;
