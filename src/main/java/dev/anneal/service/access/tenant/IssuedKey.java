package dev.anneal.service.access.tenant;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key created by an administrator, without its secret.
 *
 * @param redacted its beginning and its end
 * @param lastUsedAt last use, to within some minutes; null: never used
 * @param expiresAt time of expiry; null: never
 */
public record IssuedKey(
        String id,
        String name,
        Set<Scope> scopes,
        String redacted,
        Instant createdAt,
        @Nullable Instant lastUsedAt,
        @Nullable Instant expiresAt) {

    public IssuedKey {
        scopes = Set.copyOf(scopes);
    }

    /**
     * A new key.
     *
     * @param secret its text, which cannot be shown again
     */
    public record Shown(IssuedKey key, String secret) {

        /** Without the secret. */
        @Override
        public String toString() {
            return "Shown[" + key.id() + "]";
        }
    }
}
