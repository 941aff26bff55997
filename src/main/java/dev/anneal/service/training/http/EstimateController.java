package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.training.outlook.JobEstimates;
import dev.anneal.service.training.settings.JobRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/fine_tuning/estimate}: the body of a job's creation, and nothing is queued. */
@RestController
class EstimateController {

    private final JobEstimates estimates;

    EstimateController(JobEstimates estimates) {
        this.estimates = estimates;
    }

    @PostMapping("/v1/fine_tuning/estimate")
    @RequiresScope(Scope.JOBS_READ)
    EstimateBody estimate(Tenant tenant, @RequestBody(required = false) @Nullable JsonNode body) {
        JobRequest request = JobRequest.read(JsonBody.of(body).object());
        return EstimateBody.of(estimates.estimate(tenant.id(), request));
    }
}
