/** Judges of a model's answers to the questions of a file: equal to what the file says, or graded. */
@ApplicationModule(
        allowedDependencies = {
            "grade",
            "network :: generate",
            "network :: model",
            "text :: data",
            "text :: rows",
            "text :: tokens",
            "train :: rollout"
        })
@NullMarked
package dev.anneal.engine.evaluate;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
