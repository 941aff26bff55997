/** Webhook endpoints over HTTP, as OpenAI's {@code /v1/webhook_endpoints}, with their deliveries. */
package dev.anneal.service.notification.http;
