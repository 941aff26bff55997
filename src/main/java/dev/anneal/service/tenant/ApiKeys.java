package dev.anneal.service.tenant;

import dev.anneal.service.database.SystemDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * Whose key is it? The configured keys are this process's own, kept in its memory, so that processes which are configured otherwise, as
 * while an installation is being changed, do not take each other's away. The table {@code api_key} holds those that were entered there.
 */
@Component
public final class ApiKeys {

    /** Enough to tell keys apart in a log; a hash, and too little of it to look for the key. */
    private static final int SHOWN_HASH_DIGITS = 12;

    private final SystemDatabase database;
    private final Map<String, Tenant> configured;

    ApiKeys(SystemDatabase database, TenantProperties properties) {
        this.database = database;
        this.configured = properties.apiKeys().stream()
                .map(ApiKey::parse)
                .collect(Collectors.toUnmodifiableMap(ApiKey::hash, ApiKey::tenant, ApiKeys::sameTenant));
    }

    private static Tenant sameTenant(Tenant one, Tenant other) {
        if (!one.equals(other)) {
            throw new IllegalArgumentException("a key in anneal.api-keys belongs to one tenant, but one is given to '"
                    + one.id() + "' and '" + other.id() + "'");
        }
        return one;
    }

    /** Whether requests must carry a key. */
    public boolean required() {
        return !configured.isEmpty();
    }

    /**
     * Who shows {@code key}. The look-up is by hash: how long it takes says something about the hash of what was sent, which an attacker
     * knows, and nothing about any key.
     */
    public Optional<Principal> principalOf(String key) {
        String hash = ApiKey.hashOf(key);
        Tenant owner = configured.get(hash);
        return owner == null ? entered(hash) : Optional.of(configured(owner, hash));
    }

    private static Principal configured(Tenant owner, String hash) {
        String id = "configured_" + hash.substring(0, SHOWN_HASH_DIGITS);
        return new Principal(owner, Scope.ofTenants(), new Credential(Credential.Kind.CONFIGURED_KEY, id));
    }

    private Optional<Principal> entered(String hash) {
        return database.call(jdbc -> jdbc.sql("SELECT tenant_id, public_id, scopes FROM api_key WHERE hash = ?")
                .param(hash)
                .query((row, number) -> entered(row))
                .optional());
    }

    private static Principal entered(ResultSet row) throws SQLException {
        String tenant = row.getString("tenant_id");
        return new Principal(
                tenant == null ? Tenant.DEFAULT : new Tenant(tenant),
                scopes((String[]) row.getArray("scopes").getArray()),
                new Credential(
                        tenant == null ? Credential.Kind.ADMIN_API_KEY : Credential.Kind.API_KEY,
                        row.getString("public_id")));
    }

    /** A name that this process does not know is a newer one's: it allows nothing here. */
    private static Set<Scope> scopes(String[] names) {
        return Arrays.stream(names).flatMap(name -> Scope.named(name).stream()).collect(Collectors.toUnmodifiableSet());
    }
}
