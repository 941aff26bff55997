package dev.anneal.service.worker;

import dev.anneal.service.inference.grader.AttemptGrading;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.platform.trace.AttemptTraces;
import dev.anneal.service.queue.WorkerStates;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.Memberships;
import dev.anneal.service.worker.assignment.Assignments;
import dev.anneal.service.worker.watch.Environment;
import dev.anneal.service.worker.watch.WorkAllowance;
import dev.anneal.service.worker.watch.WorkerMeters;
import dev.anneal.service.worker.watch.WorkerProperties;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Shared collaborators of a worker's slots.
 *
 * @param timer kills processes that do not stop in time, even while their slots wait
 */
record SlotContext(
        WorkerProperties properties,
        Leases leases,
        Memberships memberships,
        Assignments assignments,
        EngineLauncher launcher,
        EngineWorkspace workspace,
        LeaseNotes notes,
        Environment environment,
        WorkerStates states,
        WorkerMeters meters,
        AttemptGrading grading,
        WorkAllowance allowance,
        AttemptTraces traces,
        ScheduledExecutorService timer) {}
