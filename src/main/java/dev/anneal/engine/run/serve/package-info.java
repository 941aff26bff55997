/** Models in memory that answer requests: prompts into tokens, tokens into text as they come, and what of it is kept while. */
@NullMarked
package dev.anneal.engine.run.serve;

import org.jspecify.annotations.NullMarked;
