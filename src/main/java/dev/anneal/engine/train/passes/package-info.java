/** Passes of a step: rows are split into micro-batches, which threads compute, with shared beginnings once. */
@NullMarked
package dev.anneal.engine.train.passes;

import org.jspecify.annotations.NullMarked;
