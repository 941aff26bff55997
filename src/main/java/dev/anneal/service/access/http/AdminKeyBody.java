package dev.anneal.service.access.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.access.tenant.IssuedKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key of an administrator in the API.
 *
 * @param value the key itself, only in the response to its creation
 */
record AdminKeyBody(
        String id,
        String object,
        String name,
        String redactedValue,
        Instant createdAt,
        @Nullable Instant lastUsedAt,
        @Nullable Instant expiresAt,
        Owner owner,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String value) {

    /** Always a service account with this single key. */
    record Owner(String type, String object, String id, String name, Instant createdAt, String role) {}

    /** @param secret null except in the answer to its creation */
    static AdminKeyBody of(IssuedKey key, @Nullable String secret) {
        Instant createdAt = key.createdAt();
        return new AdminKeyBody(
                key.id(),
                "organization.admin_api_key",
                key.name(),
                key.redacted(),
                createdAt,
                key.lastUsedAt(),
                key.expiresAt(),
                new Owner("service_account", "organization.service_account", key.id(), key.name(), createdAt, "owner"),
                secret);
    }
}
