/** Generation over HTTP: OpenAI's chat completions and completions, whole and streamed, here or handed on to a process that generates. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "inference",
            "platform :: database",
            "platform :: refusal",
            "platform :: request",
            "platform :: role"
        })
@NullMarked
package dev.anneal.service.inferenceapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
