/** Webhook endpoints over HTTP, as OpenAI's {@code /v1/webhook_endpoints}, with their deliveries. */
@NullMarked
package dev.anneal.service.notification.http;

import org.jspecify.annotations.NullMarked;
