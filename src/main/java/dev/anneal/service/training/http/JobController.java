package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.AdditionalParameters;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.outlook.JobEstimates;
import dev.anneal.service.training.outlook.JobInsights;
import dev.anneal.service.training.settings.JobRequest;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/fine_tuning/jobs}: create, list, retrieve, cancel, pause, resume; {@code /v1/fine_tuning/estimate}, the
 * dry run of a creation; and {@code /v1/fine_tuning/job_counts}.
 */
@RestController
@RequestMapping("/v1/fine_tuning")
class JobController {

    private final Jobs jobs;
    private final JobInsights insights;
    private final JobEstimates estimates;

    JobController(Jobs jobs, JobInsights insights, JobEstimates estimates) {
        this.jobs = jobs;
        this.insights = insights;
        this.estimates = estimates;
    }

    @PostMapping("/jobs")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody create(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        JsonBody json = JsonBody.of(body);
        return shown(jobs.create(tenant.id(), JobRequest.read(json.object()), headers.submission(json)), headers);
    }

    /** Accepts the body of a creation, but queues nothing. */
    @PostMapping("/estimate")
    @RequiresScope(Scope.JOBS_READ)
    CompletableFuture<EstimateBody> estimate(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body) {
        JobRequest request = JobRequest.read(JsonBody.of(body).object());
        return estimates.estimate(tenant.id(), request).thenApply(EstimateBody::of);
    }

    @GetMapping("/jobs")
    @RequiresScope(Scope.JOBS_READ)
    @AdditionalParameters({"status", "method", "model", "search", "metadata", "metadata[*]"})
    ListBody<JobBody> list(Tenant tenant, @PageLimits(byDefault = 20, max = 100) PageRequest page, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        Page<Job> found = jobs.list(tenant.id(), page, JobParameters.filter(request));
        Page<JobBody> bodies = new Page<>(
                insights.of(tenant.id(), found.rows()).stream()
                        .map(insight -> JobBody.of(insight, headers.isExtended()))
                        .toList(),
                found.hasMore());
        return ListBody.of(bodies, JobBody::id);
    }

    @GetMapping("/job_counts")
    @RequiresScope(Scope.JOBS_READ)
    JobCountsBody counts(Tenant tenant) {
        return JobCountsBody.of(jobs.counts(tenant.id()));
    }

    @GetMapping("/jobs/{id}")
    @RequiresScope(Scope.JOBS_READ)
    JobBody retrieve(Tenant tenant, @PathVariable String id, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        return shown(jobs.find(tenant.id(), id), headers);
    }

    @PostMapping("/jobs/{id}/cancel")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody cancel(Tenant tenant, @PathVariable String id, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        return shown(jobs.cancel(tenant.id(), id, headers.isRetry()), headers);
    }

    @PostMapping("/jobs/{id}/pause")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody pause(Tenant tenant, @PathVariable String id, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        return shown(jobs.pause(tenant.id(), id, headers.isRetry()), headers);
    }

    @PostMapping("/jobs/{id}/resume")
    @RequiresScope(Scope.JOBS_WRITE)
    JobBody resume(Tenant tenant, @PathVariable String id, WebRequest request) {
        JobHeaders headers = JobHeaders.of(request);
        return shown(jobs.resume(tenant.id(), id, headers.isRetry()), headers);
    }

    private JobBody shown(Job job, JobHeaders headers) {
        return JobBody.of(insights.of(job), headers.isExtended());
    }
}
