/** Generation over HTTP: OpenAI's chat completions and completions, whole and streamed, here or handed on to a process that generates. */
@ApplicationModule(
        allowedDependencies = {
            "inference",
            "platform :: database",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "tenant",
            "web"
        })
@NullMarked
package dev.anneal.service.inferenceapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
