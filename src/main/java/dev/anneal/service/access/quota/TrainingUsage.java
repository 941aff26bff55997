package dev.anneal.service.access.quota;

/** A tenant's training usage according to the queue. Requires a transaction of the tenant or of the system. */
public interface TrainingUsage {

    Jobs jobs(String tenantId);

    /** Hours of devices that trained in the current calendar month (UTC), including running attempts. */
    double hoursThisMonth(String tenantId);

    /**
     * @param running running jobs, each once for each of its devices
     * @param unfinished jobs that have not ended, including running ones
     */
    record Jobs(int running, int unfinished) {}
}
