package dev.anneal.service.access.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.anneal.service.access.tenant.IssuedKey;
import dev.anneal.service.access.tenant.Scope;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A key of a project in the API. OpenAI's keys have owners; here each key has its own account.
 *
 * @param ownerProjectAccess always {@code active}, because keys are deleted rather than deactivated
 * @param value the key itself, only in the response to its creation
 */
record ProjectKeyBody(
        String id,
        String object,
        String name,
        String redactedValue,
        List<String> scopes,
        Instant createdAt,
        @Nullable Instant lastUsedAt,
        @Nullable Instant expiresAt,
        Owner owner,
        String ownerProjectAccess,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String value) {

    ProjectKeyBody {
        scopes = List.copyOf(scopes);
    }

    /** Always a service account. */
    record Owner(String type, Account serviceAccount) {}

    /** The account of this single key. */
    record Account(String id, String name, Instant createdAt, String role) {}

    /** @param secret null except in the answer to its creation */
    static ProjectKeyBody of(IssuedKey key, @Nullable String secret) {
        Instant createdAt = key.createdAt();
        return new ProjectKeyBody(
                key.id(),
                "organization.project.api_key",
                key.name(),
                key.redacted(),
                key.scopes().stream().sorted().map(Scope::wireName).toList(),
                createdAt,
                key.lastUsedAt(),
                key.expiresAt(),
                new Owner("service_account", new Account(key.id(), key.name(), createdAt, "member")),
                "active",
                secret);
    }
}
