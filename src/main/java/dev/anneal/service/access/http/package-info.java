/** HTTP API of administration, OpenAI's {@code /v1/organization}: projects, keys and the audit log; and of quotas. */
@NullMarked
package dev.anneal.service.access.http;

import org.jspecify.annotations.NullMarked;
