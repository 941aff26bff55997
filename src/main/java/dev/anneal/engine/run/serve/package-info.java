/** Generation for requests: loaded models and adapters, prompts, and streamed text. */
@NullMarked
package dev.anneal.engine.run.serve;

import org.jspecify.annotations.NullMarked;
