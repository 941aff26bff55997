package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.results.evaluation.EvaluationRequest;
import dev.anneal.service.results.evaluation.Evaluations;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/fine_tuning/evaluations}: evaluations of models on test files. */
@RestController
@RequestMapping("/v1/fine_tuning/evaluations")
class EvaluationController {

    private final Evaluations evaluations;

    EvaluationController(Evaluations evaluations) {
        this.evaluations = evaluations;
    }

    @PostMapping
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    EvaluationBody create(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent) {
        EvaluationRequest request = EvaluationRequest.read(JsonBody.of(body).object());
        return EvaluationBody.of(evaluations.create(tenant.id(), request, TraceParent.ofRequest(traceparent)));
    }

    @GetMapping
    @RequiresScope(Scope.JOBS_READ)
    ListBody<EvaluationBody> list(Tenant tenant, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(evaluations.list(tenant.id(), page).map(EvaluationBody::of), EvaluationBody::id);
    }

    @GetMapping("/{id}")
    @RequiresScope(Scope.JOBS_READ)
    EvaluationBody retrieve(Tenant tenant, @PathVariable String id) {
        return EvaluationBody.of(evaluations.find(tenant.id(), id));
    }

    @PostMapping("/{id}/cancel")
    @RequiresScope(Scope.JOBS_WRITE)
    EvaluationBody cancel(Tenant tenant, @PathVariable String id) {
        return EvaluationBody.of(evaluations.cancel(tenant.id(), id));
    }
}
