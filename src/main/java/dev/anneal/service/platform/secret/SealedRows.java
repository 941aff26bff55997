package dev.anneal.service.platform.secret;

import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.platform.startup.StartRefusedException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Checks at the start of the service that all stored secrets can be decrypted, and re-encrypts those of older keys. */
@Component
@ConditionalOnRole(Role.API)
final class SealedRows implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(SealedRows.class);

    private static final int BATCH = 100;

    private static final String KEYS = """
            SELECT split_part(%2$s, '.', 2) AS key, count(*) AS rows
            FROM %1$s
            WHERE %2$s IS NOT NULL
            GROUP BY 1
            ORDER BY 1
            """;

    private static final String OLDER = """
            SELECT %3$s AS id, %2$s AS sealed
            FROM %1$s
            WHERE %2$s IS NOT NULL AND split_part(%2$s, '.', 2) <> :key
            ORDER BY %3$s
            LIMIT :batch
            FOR UPDATE SKIP LOCKED -- another process sweeps as well
            """;

    private static final String REPLACE = "UPDATE %1$s SET %2$s = :sealed WHERE %3$s = :id";

    private final JdbcClient jdbc;
    private final SystemDatabase database;
    private final Secrets secrets;
    private final List<SealedColumn> columns;

    SealedRows(JdbcClient jdbc, SystemDatabase database, Secrets secrets, List<SealedColumn> columns) {
        this.jdbc = jdbc;
        this.database = database;
        this.secrets = secrets;
        this.columns = List.copyOf(columns);
    }

    /** A key in use, with its number of rows. */
    record UsedKey(String key, long rows) {}

    /** A row's secret. */
    record Row(String id, String sealed) {}

    /**
     * @throws StartRefusedException if a row cannot be decrypted
     */
    @Override
    public void afterSingletonsInstantiated() {
        for (SealedColumn column : columns) {
            for (UsedKey used : database.call(
                    () -> jdbc.sql(in(column, KEYS)).query(UsedKey.class).list())) {
                if (!secrets.has(used.key())) {
                    throw missingKey(used, column);
                }
            }
        }
    }

    private static StartRefusedException missingKey(UsedKey used, SealedColumn column) {
        return new StartRefusedException(
                ("Secrets in the database cannot be decrypted: %d rows of %s.%s are encrypted with the key '%s', which"
                                + " is not among anneal.secrets.keys.")
                        .formatted(used.rows(), column.table(), column.column(), used.key()),
                "Add the key '" + used.key()
                        + "' to anneal.secrets.keys (environment: ANNEAL_SECRETS_KEYS), after the one that is to"
                        + " encrypt from now on. If it is lost, delete these rows: their secrets are lost too.");
    }

    /** Re-encrypts a batch of each column. */
    void runOnce() {
        String key = secrets.sealingKey();
        if (key == null) {
            return;
        }
        for (SealedColumn column : columns) {
            int sealed = database.call(() -> sealAnew(column, key));
            if (sealed > 0) {
                LOG.info("{} secrets of {} are now encrypted with the key '{}'", sealed, column.table(), key);
            }
        }
    }

    private int sealAnew(SealedColumn column, String key) {
        List<Row> rows = jdbc.sql(in(column, OLDER))
                .param("key", key)
                .param("batch", BATCH)
                .query(Row.class)
                .list();
        for (Row row : rows) {
            String secret = secrets.open(column, row.id(), SealedText.parse(row.sealed()));
            jdbc.sql(in(column, REPLACE))
                    .param("sealed", secrets.seal(column, row.id(), secret).stored())
                    .param("id", row.id())
                    .update();
        }
        return rows.size();
    }

    private static String in(SealedColumn column, String statement) {
        return statement.formatted(column.table(), column.column(), column.id());
    }
}
