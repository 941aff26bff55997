/** Metrics of text similarity, defined like those of established libraries. */
@NullMarked
package dev.anneal.engine.grade.metric;

import org.jspecify.annotations.NullMarked;
