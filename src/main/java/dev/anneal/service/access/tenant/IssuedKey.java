package dev.anneal.service.access.tenant;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key that an administrator made, without its secret.
 *
 * @param redacted its beginning and its end
 * @param lastUsedAt some minutes old at most; null: never used
 * @param expiresAt null: never
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
     * A key that was just made.
     *
     * @param secret its text, which nothing can tell again
     */
    public record Shown(IssuedKey key, String secret) {

        /** Keeps the secret out of logs. */
        @Override
        public String toString() {
            return "Shown[" + key.id() + "]";
        }
    }
}
