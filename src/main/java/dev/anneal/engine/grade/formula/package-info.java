/** Arithmetic that combines rewards: a small language without names but those of graders, and without side effects. */
@NullMarked
package dev.anneal.engine.grade.formula;

import org.jspecify.annotations.NullMarked;
