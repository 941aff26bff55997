package dev.anneal.service.access.tenant;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key to create.
 *
 * @param expiresAt time of expiry; null: never
 */
public record NewKey(
        String name, Set<Scope> scopes, @Nullable Instant expiresAt) {

    public NewKey {
        scopes = Set.copyOf(scopes);
    }
}
