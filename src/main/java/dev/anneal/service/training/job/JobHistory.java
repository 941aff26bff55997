package dev.anneal.service.training.job;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.training.history.Checkpoint;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.history.MetricNames;
import dev.anneal.service.training.history.SampleRow;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.history.SeriesRow;
import java.util.List;
import org.springframework.stereotype.Component;

/** What a tenant's job has done, for its client. A job of another tenant does not exist here. */
@Component
public final class JobHistory {

    private final TenantDatabase database;
    private final Jobs jobs;
    private final Events events;
    private final Series series;
    private final Samples samples;
    private final Checkpoints checkpoints;

    JobHistory(
            TenantDatabase database,
            Jobs jobs,
            Events events,
            Series series,
            Samples samples,
            Checkpoints checkpoints) {
        this.database = database;
        this.jobs = jobs;
        this.events = events;
        this.series = series;
        this.samples = samples;
        this.checkpoints = checkpoints;
    }

    public Page<JobEvent> events(String tenantId, String jobId, PageRequest request) {
        return database.call(tenantId, () -> events.page(jobs.require(jobId).number(), request));
    }

    /** Events of the job after number {@code number}, oldest first. */
    public List<JobEvent> eventsAfter(Job job, int number, int limit) {
        return database.call(job.tenantId(), () -> events.after(job.number(), number, limit));
    }

    /** Number of one of the job's events. */
    public int numberOf(Job job, String eventId) {
        return database.call(job.tenantId(), () -> events.numberOf(job.number(), eventId));
    }

    public Page<Checkpoint> checkpoints(String tenantId, String jobId, PageRequest request) {
        return database.call(
                tenantId, () -> checkpoints.page(jobs.require(jobId).number(), request));
    }

    public Page<SampleRow> samples(String tenantId, String jobId, PageRequest request) {
        return database.call(tenantId, () -> samples.page(jobs.require(jobId).number(), request));
    }

    /** What the job's method has measured beside what every method does. */
    public MetricNames metricNames(Job job) {
        return database.call(job.tenantId(), () -> series.metricNames(job.number()));
    }

    /** Rows of the series after step {@code after}, in the order of steps. */
    public List<SeriesRow> series(Job job, int after, int limit) {
        return database.call(job.tenantId(), () -> series.read(job.number(), after, limit));
    }
}
