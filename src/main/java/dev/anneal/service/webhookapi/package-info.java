/** Webhook endpoints over HTTP, as OpenAI's {@code /v1/webhook_endpoints}, with their deliveries. */
@ApplicationModule(
        allowedDependencies = {
            "access :: tenant",
            "access :: web",
            "platform :: paging",
            "platform :: refusal",
            "platform :: request",
            "platform :: role",
            "webhook"
        })
@NullMarked
package dev.anneal.service.webhookapi;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
