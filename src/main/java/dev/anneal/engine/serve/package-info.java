/** Models in memory that answer requests: prompts into tokens, tokens into text as they come, and what of it is kept while. */
@ApplicationModule(
        allowedDependencies = {
            "math :: random",
            "network :: architecture",
            "network :: generate",
            "network :: lora",
            "network :: model",
            "text :: data",
            "text :: rows",
            "text :: tokens",
            "train"
        })
@NullMarked
package dev.anneal.engine.serve;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
