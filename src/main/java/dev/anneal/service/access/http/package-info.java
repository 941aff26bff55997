/**
 * Administration over HTTP, as OpenAI's {@code /v1/organization}: projects and their keys, keys of administrators, the audit log; and quotas, for
 * tenants and administrators.
 */
@NullMarked
package dev.anneal.service.access.http;

import org.jspecify.annotations.NullMarked;
