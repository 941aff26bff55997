/** The readable card of an export: where it comes from, how it was trained, its curves and its proof. */
@NullMarked
package dev.anneal.engine.export.card;

import org.jspecify.annotations.NullMarked;
