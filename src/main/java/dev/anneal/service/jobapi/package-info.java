/** Fine-tuning jobs over HTTP: OpenAI's surface, its {@code anneal} additions, series, streamed events and dry runs. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "history",
            "job",
            "outlook",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "platform :: trace",
            "queue",
            "settings"
        })
@NullMarked
package dev.anneal.service.jobapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
