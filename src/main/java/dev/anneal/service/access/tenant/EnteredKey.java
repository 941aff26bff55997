package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of a row of {@code api_key} or {@code service_key} that authentication needs. */
record EnteredKey(
        Principal principal,
        boolean isArchived,
        @Nullable Instant expiresAt,
        @Nullable Instant lastUsedAt) {

    static EnteredKey read(ResultSet row) throws SQLException {
        String tenant = row.getString("tenant_id");
        Credential.Source kind = tenant == null ? Credential.Source.ADMIN_API_KEY : Credential.Source.API_KEY;
        return new EnteredKey(
                new Principal(
                        tenant == null ? Tenant.DEFAULT : new Tenant(tenant),
                        ApiKeys.scopes(row),
                        new Credential(kind, row.getString("public_id"))),
                row.getBoolean("archived"),
                TimeColumn.read(row, "expires_at"),
                TimeColumn.read(row, "last_used_at"));
    }

    static EnteredKey service(ResultSet row) throws SQLException {
        return new EnteredKey(
                new Principal(
                        new Tenant(row.getString("tenant_id")),
                        Set.of(Scope.INFERENCE),
                        new Credential(Credential.Source.SERVICE_KEY, "service")),
                false,
                TimeColumn.read(row, "expires_at"),
                null);
    }

    /** @throws Refusal 401 if the key has expired, or its project is archived */
    void requireUsable(Instant now) {
        if (expiresAt != null && !now.isBefore(expiresAt)) {
            throw new Refusal(
                    RefusalCode.API_KEY_EXPIRED,
                    "The API key has expired at " + expiresAt + ". Ask an administrator for another one.");
        }
        if (isArchived) {
            throw ApiKeys.archived(principal.tenant().id());
        }
    }
}
