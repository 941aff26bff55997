package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.AuthenticationDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds the owners of keys. Configured keys are kept in this process's memory, so that processes with different
 * configurations, for example during an update, do not affect each other. Keys created by administrators are in the
 * table {@code api_key}, which is read once a second for a key in use, so that every process refuses a deleted key
 * within that time.
 */
@Component
public final class ApiKeys {

    /** Precision of the recorded last use: a key in use costs one write in this time. */
    private static final Duration USE_RECORDED = Duration.ofMinutes(5);

    /** Digits of the hash shown in logs: enough to distinguish keys, too few to search for one. */
    private static final int SHOWN_HASH_DIGITS = 12;

    private final JdbcClient jdbc;
    private final AuthenticationDatabase database;
    private final RecentReads recent;
    private final Clock clock;
    private final Map<String, Principal> configured;

    ApiKeys(
            JdbcClient jdbc,
            AuthenticationDatabase database,
            TenantProperties properties,
            RecentReads recent,
            Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.recent = recent;
        this.clock = clock;
        this.configured = configured(properties);
    }

    private static Map<String, Principal> configured(TenantProperties properties) {
        Map<String, Principal> principals = new HashMap<>();
        properties.apiKeys().stream()
                .map(ApiKey::parse)
                .forEach(key -> principals.merge(
                        key.hash(), principal(key.hash(), key.tenant(), Scope.ofTenants()), ApiKeys::sameTenant));
        properties.adminKeys().stream().map(ApiKey::parseAdministrators).forEach(hash -> {
            if (principals.put(hash, principal(hash, Tenant.DEFAULT, Scope.ofAdministrators())) != null) {
                throw new IllegalArgumentException(
                        "a key stands in anneal.admin-keys once, and not in anneal.api-keys as well");
            }
        });
        return Map.copyOf(principals);
    }

    private static Principal principal(String hash, Tenant tenant, Set<Scope> scopes) {
        String id = "configured_" + hash.substring(0, SHOWN_HASH_DIGITS);
        return new Principal(tenant, scopes, new Credential(Credential.Source.CONFIGURED_KEY, id));
    }

    private static Principal sameTenant(Principal one, Principal other) {
        if (!one.equals(other)) {
            throw new IllegalArgumentException("a key in anneal.api-keys belongs to one tenant, but one is given to '"
                    + one.tenant().id() + "' and '" + other.tenant().id() + "'");
        }
        return one;
    }

    /** Whether requests must carry a key. */
    public boolean required() {
        return !configured.isEmpty();
    }

    /**
     * The owner of {@code key}; empty if it is unknown. The look-up is by hash: its duration reveals only something
     * about the hash of the sent text, which an attacker knows.
     *
     * @throws Refusal 401 if the key has expired or its project is archived
     */
    public Optional<Principal> principalOf(String key) {
        String hash = ApiKey.hashOf(key);
        Principal own = configured.get(hash);
        if (own == null) {
            return KeyText.isWhole(key) ? entered(hash, reader(key)) : Optional.empty();
        }
        if (!own.has(Scope.ADMIN)) {
            requireOpen(own.tenant());
        }
        return Optional.of(own);
    }

    /**
     * Whether {@code key} costs no look-up in the database: it is configured, does not have the form of an issued key,
     * or was good within the last hour.
     */
    public boolean isKnownWithoutLookup(String key) {
        String hash = ApiKey.hashOf(key);
        return configured.containsKey(hash) || !KeyText.isWhole(key) || recent.knows(hash);
    }

    /**
     * False only if {@code key} was none of the issued keys and links less than a second ago. Asking about any number
     * of keys costs one read of all hashes a second, while looking each of them up costs a query.
     */
    public boolean mayBeIssued(String key) {
        return recent.mayBeIssued(ApiKey.hashOf(key), () -> database.call(this::readIssued));
    }

    private Set<String> readIssued() {
        return jdbc.sql("""
                        SELECT hash FROM api_key WHERE revoked_at IS NULL
                        UNION ALL SELECT hash FROM service_key
                        UNION ALL SELECT hash FROM download_link
                        """).query(String.class).set();
    }

    /** @throws Refusal 401 if the project is archived */
    public void requireOpen(Tenant tenant) {
        if (recent.isArchived(tenant, () -> readArchived(tenant))) {
            throw archived(tenant.id());
        }
    }

    /** Most tenants have no row. */
    private boolean readArchived(Tenant tenant) {
        return database.call(() -> jdbc.sql("SELECT archived_at IS NOT NULL FROM tenant WHERE id = ?")
                .param(tenant.id())
                .query(Boolean.class)
                .optional()
                .orElse(false));
    }

    private Supplier<Optional<EnteredKey>> reader(String key) {
        String hash = ApiKey.hashOf(key);
        return key.startsWith(KeyText.SERVICE) ? () -> readService(hash) : () -> read(hash);
    }

    private Optional<Principal> entered(String hash, Supplier<Optional<EnteredKey>> reader) {
        Optional<EnteredKey> found = recent.key(hash, () -> database.call(reader));
        found.ifPresent(key -> key.requireUsable(clock.instant()));
        return found.map(EnteredKey::principal);
    }

    private Optional<EnteredKey> readService(String hash) {
        return jdbc.sql("SELECT tenant_id, expires_at FROM service_key WHERE hash = ?")
                .param(hash)
                .query((row, number) -> EnteredKey.service(row))
                .optional();
    }

    private Optional<EnteredKey> read(String hash) {
        Optional<EnteredKey> found = jdbc.sql("""
                        SELECT api_key.public_id, tenant_id, scopes, expires_at, last_used_at,
                               archived_at IS NOT NULL AS archived
                        FROM api_key
                        LEFT JOIN tenant ON tenant.id = tenant_id
                        WHERE hash = ? AND revoked_at IS NULL
                        """)
                .param(hash)
                .query((row, number) -> EnteredKey.read(row))
                .optional();
        found.ifPresent(key -> {
            Instant now = clock.instant();
            key.requireUsable(now);
            if (key.lastUsedAt() == null || key.lastUsedAt().isBefore(now.minus(USE_RECORDED))) {
                recordUse(hash, now);
            }
        });
        return found;
    }

    private void recordUse(String hash, Instant now) {
        jdbc.sql("UPDATE api_key SET last_used_at = ? WHERE hash = ?")
                .params(Timestamp.from(now), hash)
                .update();
    }

    /** Ignores unknown scopes, which a newer version has written. */
    static Set<Scope> scopes(ResultSet row) throws SQLException {
        String[] names = (String[]) row.getArray("scopes").getArray();
        return Arrays.stream(names).flatMap(name -> Scope.named(name).stream()).collect(Collectors.toUnmodifiableSet());
    }

    static Refusal archived(String tenant) {
        return new Refusal(
                RefusalCode.PROJECT_ARCHIVED, "Project '" + tenant + "' is archived: its keys no longer work.");
    }
}
