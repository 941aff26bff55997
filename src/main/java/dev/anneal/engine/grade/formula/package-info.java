/** Arithmetic that combines rewards: a small language without side effects, whose only variables are graders. */
@NullMarked
package dev.anneal.engine.grade.formula;

import org.jspecify.annotations.NullMarked;
