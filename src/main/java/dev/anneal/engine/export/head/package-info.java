/** Formats of EAGLE heads: configuration, names and tensors as Speculators and EAGLE have them. */
@NullMarked
package dev.anneal.engine.export.head;

import org.jspecify.annotations.NullMarked;
