/** HTTP API of administration, OpenAI's {@code /v1/organization}: projects, keys and the audit log; and of quotas. */
package dev.anneal.service.access.http;
