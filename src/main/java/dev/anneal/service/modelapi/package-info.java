/** Base and tuned models over HTTP, as OpenAI's {@code /v1/models}. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "job",
            "machine",
            "models :: catalog",
            "models :: hub",
            "outlook",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "settings",
            "sharing"
        })
@NullMarked
package dev.anneal.service.modelapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
