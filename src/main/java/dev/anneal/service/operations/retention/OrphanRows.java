package dev.anneal.service.operations.retention;

import dev.anneal.service.storage.ArtifactKey;
import dev.anneal.service.storage.StoredUnit;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Finds units of the store that no row refers to, and keeps the table {@code store_orphan} with the times at which they
 * were first seen.
 */
@Component
final class OrphanRows {

    /**
     * Rows are written before their artifacts, and ids are never reused, so an orphan stays one. Artifacts of running
     * or recently ended work, uploads and deletions are left to their own sweeps.
     */
    private static final String UNNAMED = """
            SELECT unit.key
            FROM unnest(:keys, :kinds, :tenants, :owners) AS unit (key, kind, tenant, owner)
            WHERE NOT CASE unit.kind
                WHEN 'FILE' THEN EXISTS (
                    SELECT FROM kept_file WHERE public_id = unit.owner AND tenant_id = unit.tenant)
                WHEN 'UPLOAD' THEN EXISTS (
                    SELECT FROM kept_upload WHERE public_id = unit.owner AND tenant_id = unit.tenant)
                WHEN 'ATTEMPT' THEN EXISTS (
                    SELECT FROM kept_attempt
                    WHERE external_id = unit.owner AND tenant_id = unit.tenant
                      AND (directory IS NULL OR directory = unit.key))
                WHEN 'EXPORT' THEN EXISTS (
                    SELECT FROM kept_export
                    WHERE external_id = unit.owner AND tenant_id = unit.tenant
                      AND (directory IS NULL OR directory = unit.key))
                ELSE true
            END
            """;

    /** A folder's files may be split over two batches of one sweep. */
    private static final String NOTE = """
            INSERT INTO store_orphan AS noted (key, bytes, first_seen_at, last_seen_at)
            VALUES (:key, :bytes, clock_timestamp(), clock_timestamp())
            ON CONFLICT (key) DO UPDATE
            SET bytes = excluded.bytes + CASE WHEN noted.last_seen_at >= CAST(:begin AS timestamptz)
                    THEN noted.bytes ELSE 0 END,
                last_seen_at = excluded.last_seen_at
            """;

    private static final String FORGET = "DELETE FROM store_orphan WHERE last_seen_at < CAST(:begin AS timestamptz)";

    private static final String OLD = """
            SELECT key, bytes
            FROM store_orphan
            WHERE first_seen_at < clock_timestamp() - make_interval(secs => :age) AND key > :after
            ORDER BY key
            LIMIT :batch
            """;

    private static final int BATCH = 500;

    private final JdbcClient jdbc;

    OrphanRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** An orphan as last seen. */
    record Noted(String key, long bytes) {}

    /** The database's time, which distinguishes the notes of a sweep from earlier ones. */
    String now() {
        return jdbc.sql("SELECT clock_timestamp()::text").query(String.class).single();
    }

    /** Keys of units that no row refers to. */
    Set<String> unnamed(Collection<StoredUnit> units) {
        return new HashSet<>(jdbc.sql(UNNAMED)
                .param("keys", column(units, unit -> unit.key().value()))
                .param("kinds", column(units, unit -> unit.kind().name()))
                .param("tenants", column(units, StoredUnit::tenant))
                .param("owners", column(units, StoredUnit::owner))
                .query(String.class)
                .list());
    }

    private static String[] column(Collection<StoredUnit> units, Function<StoredUnit, String> value) {
        return units.stream().map(value).toArray(String[]::new);
    }

    /**
     * @param begin start of this sweep
     */
    void note(Map<String, Long> bytesByKey, String begin) {
        bytesByKey.forEach((key, bytes) -> jdbc.sql(NOTE)
                .param("key", key)
                .param("bytes", bytes)
                .param("begin", begin)
                .update());
    }

    /** Forgets orphans that this sweep has not seen: they no longer exist, or a row refers to them. */
    void forgetUnseen(String begin) {
        jdbc.sql(FORGET).param("begin", begin).update();
    }

    void forget(ArtifactKey key) {
        jdbc.sql("DELETE FROM store_orphan WHERE key = ?").param(key.value()).update();
    }

    /** Orphans first seen at least {@code age} ago, by key after {@code after}. */
    List<Noted> old(Duration age, String after) {
        return jdbc.sql(OLD)
                .param("age", age.toSeconds())
                .param("after", after)
                .param("batch", BATCH)
                .query(Noted.class)
                .list();
    }
}
