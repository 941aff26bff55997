package dev.anneal.service.training.admission;

import dev.anneal.service.access.quota.Quotas;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.WorkerStates.LargestWorker;
import dev.anneal.service.queue.lease.LeaseProperties;
import dev.anneal.service.training.settings.DeviceRules;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.LearningRates;
import dev.anneal.service.training.settings.ModelProfiles;
import dev.anneal.service.training.settings.TrainingOptions;
import java.util.Objects;
import org.springframework.stereotype.Component;

/** Limits of models, workers and tenants that a request must fit into. */
@Component
final class JobLimits {

    private final JobProperties properties;
    private final LeaseProperties leases;
    private final WorkerStates workers;
    private final Quotas quotas;

    JobLimits(JobProperties properties, LeaseProperties leases, WorkerStates workers, Quotas quotas) {
        this.properties = properties;
        this.leases = leases;
        this.workers = workers;
        this.quotas = quotas;
    }

    /**
     * Requires a transaction of the tenant.
     *
     * @throws Refusal naming the parameter that exceeds a limit
     */
    void check(String tenantId, JobRequest request, ModelProfiles profiles) {
        profiles.trained().check(request, properties.fullTrainingMaxParameters());
        profiles.checkPrecision(request);
        profiles.checkLength(request.options());
        LearningRates.check(request, profiles.trained());
        int devices = request.options().devices();
        if (devices > 1) {
            checkWorkers(request.options());
            checkTenant(tenantId, devices);
        }
    }

    /** Without a worker the job is accepted, and waits, unless a setting says how many devices there can be. */
    private void checkWorkers(TrainingOptions options) {
        workers.largest()
                .filter(largest -> options.needsOneWorker() || largest.pooled() >= properties.maxDevices())
                .ifPresentOrElse(largest -> checkRunning(options, largest), () -> checkStartable(options));
    }

    private static void checkRunning(TrainingOptions options, LargestWorker largest) {
        int most = options.needsOneWorker() ? largest.devices() : largest.pooled();
        if (options.devices() > most) {
            String has = most == 1 ? "1 device" : most + " devices";
            String worker =
                    largest.workers() == 1 ? "the only worker" : "the largest of " + largest.workers() + " workers";
            if (options.needsOneWorker()) {
                throw DeviceRules.refusal(
                        options.devices(),
                        ("but %s has %s, and with 'anneal.base_placement' 'sharded' all must be of one worker; leave"
                                        + " that out, or start a worker with as many (anneal.worker.devices)")
                                .formatted(worker, has));
            }
            String with = largest.pooled() > largest.devices() ? "the largest group of workers" : worker;
            throw DeviceRules.refusal(
                    options.devices(),
                    ("but %s has %s; ask for at most %d, or start workers with more devices (anneal.worker.devices,"
                                    + " anneal.worker.group)")
                            .formatted(with, has, most));
        }
    }

    private void checkStartable(TrainingOptions options) {
        int most = properties.maxDevices();
        if (most > 0 && options.devices() > most) {
            throw DeviceRules.refusal(
                    options.devices(),
                    "but workers of this installation have at most %d devices together (anneal.jobs.max-devices)"
                            .formatted(most));
        }
    }

    /** A job counts as a running job for each of its devices: with more than the limit it would never run. */
    private void checkTenant(String tenantId, int devices) {
        int limit = Objects.requireNonNullElse(quotas.of(tenantId).runningJobs(), leases.tenantRunningLimit());
        if (devices > limit) {
            throw DeviceRules.refusal(
                    devices,
                    ("and counts as %d running jobs, but tenant '%s' may have %d at a time; ask for at most %d, or let"
                                    + " an administrator of this installation raise the limit (the project's quota"
                                    + " 'running_jobs', or anneal.queue.tenant-running-limit)")
                            .formatted(devices, tenantId, limit, Math.max(1, limit)));
        }
    }
}
