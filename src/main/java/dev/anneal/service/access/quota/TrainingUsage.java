package dev.anneal.service.access.quota;

import org.springframework.jdbc.core.simple.JdbcClient;

/** How much a tenant trains, as the queue knows it. */
public interface TrainingUsage {

    /** @param transaction of the tenant or of the system */
    Jobs jobs(JdbcClient transaction, String tenantId);

    /**
     * Hours that trainings have run in the present calendar month (UTC), running attempts included.
     *
     * @param transaction of the tenant or of the system
     */
    double hoursThisMonth(JdbcClient transaction, String tenantId);

    /** @param unfinished those that have not ended, running ones included */
    record Jobs(int running, int unfinished) {}
}
