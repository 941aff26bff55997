/** Fine-tuning jobs over HTTP: OpenAI's surface, its {@code anneal} additions, series, streamed events and dry runs. */
@ApplicationModule(
        allowedDependencies = {
            "history",
            "job",
            "outlook",
            "paging",
            "queue",
            "refusal",
            "request",
            "role",
            "settings",
            "tenant",
            "trace",
            "web"
        })
@NullMarked
package dev.anneal.service.jobapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
