package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.history.Checkpoints;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.history.ResultCsv;
import dev.anneal.service.training.history.SampleRow;
import dev.anneal.service.training.history.Samples;
import dev.anneal.service.training.history.Series;
import dev.anneal.service.training.history.SeriesRow;
import dev.anneal.service.training.job.Job;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** History of a job: events, checkpoints, samples and series. */
@RestController
@RequestMapping("/v1/fine_tuning/jobs/{id}")
class HistoryController {

    /** Rows of a series read at a time, and maximum of a page. */
    private static final int CHUNK = 1000;

    private final TenantDatabase database;
    private final Jobs jobs;
    private final Events events;
    private final Checkpoints checkpoints;
    private final Samples samples;
    private final Series series;
    private final EventStreams streams;

    HistoryController(
            TenantDatabase database,
            Jobs jobs,
            Events events,
            Checkpoints checkpoints,
            Samples samples,
            Series series,
            EventStreams streams) {
        this.database = database;
        this.jobs = jobs;
        this.events = events;
        this.checkpoints = checkpoints;
        this.samples = samples;
        this.series = series;
        this.streams = streams;
    }

    @GetMapping(path = "/events", params = "stream!=true")
    @RequiresScope(Scope.JOBS_READ)
    ListBody<JobEvent> events(
            Tenant tenant, @PathVariable String id, @PageLimits(byDefault = 20, max = 1000) PageRequest page) {
        return ListBody.of(jobs.read(tenant.id(), id, job -> events.page(job.number(), page)), JobEvent::id);
    }

    /** Past events, then new ones until the job ends. */
    @GetMapping(path = "/events", params = "stream=true")
    @RequiresScope(Scope.JOBS_READ)
    void stream(
            Tenant tenant,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String after,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId,
            HttpServletResponse response) {
        streams.write(tenant.id(), id, lastEventId == null ? after : lastEventId, response);
    }

    @GetMapping("/checkpoints")
    @RequiresScope(Scope.JOBS_READ)
    ListBody<CheckpointBody> checkpoints(
            Tenant tenant, @PathVariable String id, @PageLimits(byDefault = 10, max = 1000) PageRequest page) {
        Page<CheckpointBody> found = jobs.read(
                tenant.id(),
                id,
                job -> checkpoints.page(job.number(), page).map(checkpoint -> CheckpointBody.of(checkpoint, job)));
        return ListBody.of(found, CheckpointBody::id);
    }

    /** Completions of the policy with their rewards, newest step first. */
    @GetMapping("/samples")
    @RequiresScope(Scope.JOBS_READ)
    ListBody<SampleRow> samples(
            Tenant tenant, @PathVariable String id, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(jobs.read(tenant.id(), id, job -> samples.page(job.number(), page)), SampleRow::id);
    }

    @GetMapping(path = "/metrics", params = "format!=csv")
    @RequiresScope(Scope.JOBS_READ)
    ListBody<SeriesRow> series(
            Tenant tenant,
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String format,
            @RequestParam(defaultValue = "0") int after,
            @RequestParam(defaultValue = "" + CHUNK) int limit) {
        if (format != null && !format.equals("json")) {
            throw Refusal.invalidValue("format", "'format' must be 'json' or 'csv' but is '" + format + "'");
        }
        if (limit < 1 || limit > CHUNK) {
            throw Refusal.invalidValue("limit", "'limit' must be an integer from 1 to " + CHUNK + " but is " + limit);
        }
        PageRequest request = new PageRequest(null, limit, true);
        Page<SeriesRow> rows = Page.of(series(jobs.find(tenant.id(), id), after, request.rowsToRead()), request);
        return ListBody.of(rows, row -> Integer.toString(row.step()));
    }

    /** Streamed in batches, with no transaction open while the client reads. */
    @GetMapping(path = "/metrics", params = "format=csv")
    @RequiresScope(Scope.JOBS_READ)
    void csv(Tenant tenant, @PathVariable String id, HttpServletResponse response) throws IOException {
        Job job = jobs.find(tenant.id(), id);
        ResultCsv csv = new ResultCsv(database.call(tenant.id(), () -> series.metricNames(job.number())));
        response.setContentType("text/csv;charset=UTF-8");
        response.setHeader("Content-Disposition", "attachment; filename=\"" + id + ".csv\"");
        response.getOutputStream().write(csv.header().getBytes(StandardCharsets.UTF_8));
        List<SeriesRow> rows = series(job, 0, CHUNK);
        while (!rows.isEmpty()) {
            for (SeriesRow row : rows) {
                response.getOutputStream().write(csv.line(row).getBytes(StandardCharsets.UTF_8));
            }
            rows = series(job, rows.get(rows.size() - 1).step(), CHUNK);
        }
    }

    private List<SeriesRow> series(Job job, int after, int limit) {
        return database.call(job.tenantId(), () -> series.read(job.number(), after, limit));
    }
}
