package dev.anneal.service.access.tenant;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TimeColumn;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The keys that administrators create for projects and, without a project, for administrators. A key works from the
 * next request on, and for at most a second after its deletion ({@link RecentReads}).
 */
@Component
public final class IssuedKeys {

    private static final String COLUMNS =
            "public_id, tenant_id, name, scopes, last_four, created_at, last_used_at, expires_at";

    private static final String PAGE =
            "AND revoked_at IS NULL AND %1$s ORDER BY created_at %2$s, public_id %2$s LIMIT :limit";

    private static final String POSITION = "(SELECT created_at, public_id FROM api_key WHERE public_id = :after)";

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Identifiers identifiers;
    private final RecentReads recent;
    private final Clock clock;
    private final SecureRandom random = new SecureRandom();

    IssuedKeys(JdbcClient jdbc, SystemDatabase database, Identifiers identifiers, RecentReads recent, Clock clock) {
        this.jdbc = jdbc;
        this.database = database;
        this.identifiers = identifiers;
        this.recent = recent;
        this.clock = clock;
    }

    /** @param project null for a key of an administrator */
    public IssuedKey.Shown create(@Nullable String project, NewKey wanted) {
        String secret = KeyText.random(prefix(project), random);
        String id = identifiers.next("key_");
        database.run(() -> jdbc.sql("""
                        INSERT INTO api_key (hash, public_id, tenant_id, name, scopes, last_four, created_at,
                                             expires_at)
                        VALUES (:hash, :id, :tenant, :name, string_to_array(:scopes, ','), :lastFour, :now, :expires)
                        """)
                .param("hash", ApiKey.hashOf(secret))
                .param("id", id)
                .param("tenant", project)
                .param("name", wanted.name())
                .param(
                        "scopes",
                        wanted.scopes().stream().sorted().map(Scope::wireName).collect(Collectors.joining(",")))
                .param("lastFour", secret.substring(secret.length() - KeyText.SHOWN))
                .param("now", Timestamp.from(clock.instant()))
                .param("expires", wanted.expiresAt() == null ? null : Timestamp.from(wanted.expiresAt()))
                .update());
        recent.forget();
        return new IssuedKey.Shown(find(project, id), secret);
    }

    /** @throws Refusal 404 if the project, or without one the administrators, have no such key */
    public IssuedKey find(@Nullable String project, String id) {
        return database.call(() -> owned(project, "AND public_id = :id AND revoked_at IS NULL")
                        .param("id", id)
                        .query((row, number) -> read(row))
                        .optional())
                .orElseThrow(() -> notFound(id));
    }

    /** The keys of a project, or without one those of administrators. */
    public Page<IssuedKey> list(@Nullable String project, PageRequest page) {
        return database.call(() -> {
            requireCursor(project, page.after());
            List<IssuedKey> rows = owned(
                            project, PAGE.formatted(page.after("(created_at, public_id)", POSITION), page.order()))
                    .param("after", page.after())
                    .param("limit", page.rowsToRead())
                    .query((row, number) -> read(row))
                    .list();
            return Page.of(rows, page);
        });
    }

    /** Deletes the key. */
    public void revoke(@Nullable String project, String id) {
        int ended = database.call(
                () -> jdbc.sql("UPDATE api_key SET revoked_at = :now WHERE public_id = :id AND revoked_at IS NULL AND "
                                + ownedBy(project))
                        .param("now", Timestamp.from(clock.instant()))
                        .param("id", id)
                        .param("tenant", project)
                        .update());
        recent.forget();
        if (ended == 0) {
            throw notFound(id);
        }
    }

    private void requireCursor(@Nullable String project, @Nullable String after) {
        if (after == null) {
            return;
        }
        Optional<IssuedKey> cursor = owned(project, "AND public_id = :after")
                .param("after", after)
                .query((row, number) -> read(row))
                .optional();
        if (cursor.isEmpty()) {
            throw Refusal.invalidCursor("a key", after);
        }
    }

    private JdbcClient.StatementSpec owned(@Nullable String project, String more) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM api_key WHERE " + ownedBy(project) + " " + more)
                .param("tenant", project);
    }

    private static String ownedBy(@Nullable String project) {
        return project == null ? "tenant_id IS NULL" : "tenant_id = :tenant";
    }

    private static String prefix(@Nullable String project) {
        return project == null ? KeyText.ADMINISTRATOR : KeyText.PROJECT;
    }

    private static Refusal notFound(String id) {
        return Refusal.notFound("API key", id, "key_id");
    }

    private static IssuedKey read(ResultSet row) throws SQLException {
        return new IssuedKey(
                row.getString("public_id"),
                row.getString("name"),
                ApiKeys.scopes(row),
                KeyText.redacted(prefix(row.getString("tenant_id")), row.getString("last_four")),
                Objects.requireNonNull(TimeColumn.read(row, "created_at")),
                TimeColumn.read(row, "last_used_at"),
                TimeColumn.read(row, "expires_at"));
    }
}
