package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.AlsoReads;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.Jobs;
import dev.anneal.service.training.job.Submission;
import dev.anneal.service.training.outlook.JobInsights;
import dev.anneal.service.training.settings.JobRequestReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/fine_tuning/jobs}: create, list, retrieve, cancel, pause, resume. */
@RestController
@RequestMapping("/v1/fine_tuning/jobs")
class JobController {

    private static final String EXTENDED_STATUS = "Anneal-Extended-Status";

    private final Jobs jobs;
    private final JobInsights insights;

    JobController(Jobs jobs, JobInsights insights) {
        this.jobs = jobs;
        this.insights = insights;
    }

    @PostMapping
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody create(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            RetryHeaders retry,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        JsonBody json = JsonBody.of(body);
        Submission submission = new Submission(
                retry.idempotencyKey(), retry.isRetry(), json.digest(), TraceParent.ofRequest(traceparent));
        Job job = jobs.create(tenant.id(), JobRequestReader.read(json.object()), submission);
        return JobBody.of(insights.of(job), isExtended);
    }

    @GetMapping
    @RequiresScope(Scope.JOBS_READ)
    @AlsoReads({"metadata", "metadata[]"})
    ListBody<JobBody> list(
            Tenant tenant,
            @PageLimits(byDefault = 20, max = 100) PageRequest page,
            @RequestParam Map<String, String> parameters,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        Page<Job> found = jobs.list(tenant.id(), page, MetadataParameters.read(parameters));
        Page<JobBody> bodies = new Page<>(
                insights.of(tenant.id(), found.rows()).stream()
                        .map(insight -> JobBody.of(insight, isExtended))
                        .toList(),
                found.hasMore());
        return ListBody.of(bodies, JobBody::id);
    }

    @GetMapping("/{id}")
    @RequiresScope(Scope.JOBS_READ)
    JobBody retrieve(
            Tenant tenant,
            @PathVariable String id,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        return JobBody.of(insights.of(jobs.find(tenant.id(), id)), isExtended);
    }

    @PostMapping("/{id}/cancel")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody cancel(
            Tenant tenant,
            @PathVariable String id,
            RetryHeaders retry,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        return JobBody.of(insights.of(jobs.cancel(tenant.id(), id, retry.isRetry())), isExtended);
    }

    @PostMapping("/{id}/pause")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody pause(
            Tenant tenant,
            @PathVariable String id,
            RetryHeaders retry,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        return JobBody.of(insights.of(jobs.pause(tenant.id(), id, retry.isRetry())), isExtended);
    }

    @PostMapping("/{id}/resume")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody resume(
            Tenant tenant,
            @PathVariable String id,
            RetryHeaders retry,
            @RequestHeader(name = EXTENDED_STATUS, defaultValue = "false") boolean isExtended) {
        return JobBody.of(insights.of(jobs.resume(tenant.id(), id, retry.isRetry())), isExtended);
    }
}
