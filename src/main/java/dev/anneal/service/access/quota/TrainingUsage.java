package dev.anneal.service.access.quota;

/** How much a tenant trains, as the queue knows it. Within a transaction of the tenant or of the system. */
public interface TrainingUsage {

    Jobs jobs(String tenantId);

    /** Hours that trainings have run in the present calendar month (UTC), running attempts included. */
    double hoursThisMonth(String tenantId);

    /** @param unfinished those that have not ended, running ones included */
    record Jobs(int running, int unfinished) {}
}
