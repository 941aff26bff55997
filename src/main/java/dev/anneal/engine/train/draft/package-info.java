/** Drafts for speculative decoding, small models and EAGLE heads, learn from their target. */
@NullMarked
package dev.anneal.engine.train.draft;

import org.jspecify.annotations.NullMarked;
