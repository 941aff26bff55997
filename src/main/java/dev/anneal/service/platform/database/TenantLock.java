package dev.anneal.service.platform.database;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What one transaction of a tenant does at a time, so that a count still holds when the row that it allows is inserted.
 * The number of each tells its locks from others in the database.
 */
public enum TenantLock {
    JOBS(1634624114),
    UPLOADS(1634624115),
    WEBHOOK_ENDPOINTS(1634624121),
    PUSHES(1634624122);

    private static final String LOCK = "SELECT pg_advisory_xact_lock(:number, hashtext(:tenant)) IS NOT NULL";

    private final int number;

    TenantLock(int number) {
        this.number = number;
    }

    /** Waits until no other transaction of the tenant holds it, and keeps it until the caller's transaction ends. */
    public void take(JdbcClient jdbc, String tenant) {
        jdbc.sql(LOCK)
                .param("number", number)
                .param("tenant", tenant)
                .query(Boolean.class)
                .single();
    }
}
