package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.results.export.ExportRequest;
import dev.anneal.service.results.export.Exports;
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

/** {@code …/exports} of a job with its short form {@code …/merge}, and of uploaded adapters, which have no job. */
@RestController
@RequestMapping("/v1/fine_tuning")
class ExportController {

    private final Exports exports;

    ExportController(Exports exports) {
        this.exports = exports;
    }

    @PostMapping("/jobs/{jobId}/exports")
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    ExportBody create(
            Tenant tenant,
            @PathVariable String jobId,
            @RequestBody(required = false) @Nullable JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent) {
        ExportRequest request = ExportRequest.read(JsonBody.of(body).object());
        return ExportBody.of(exports.create(tenant.id(), jobId, request, TraceParent.ofRequest(traceparent)), jobId);
    }

    @PostMapping("/jobs/{jobId}/merge")
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    ExportBody merge(
            Tenant tenant,
            @PathVariable String jobId,
            @RequestBody(required = false) @Nullable JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent) {
        ExportRequest request = ExportRequest.readMerge(JsonBody.of(body).object());
        return ExportBody.of(exports.create(tenant.id(), jobId, request, TraceParent.ofRequest(traceparent)), jobId);
    }

    @PostMapping("/exports")
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    ExportBody createOfAdapter(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent) {
        ExportRequest request = ExportRequest.readOfAdapter(JsonBody.of(body).object());
        return ExportBody.of(exports.create(tenant.id(), request, TraceParent.ofRequest(traceparent)), null);
    }

    @GetMapping({"/jobs/{jobId}/exports", "/exports"})
    @RequiresScope(Scope.JOBS_READ)
    ListBody<ExportBody> list(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(
                exports.list(tenant.id(), jobId, page).map(export -> ExportBody.of(export, jobId)), ExportBody::id);
    }

    @GetMapping({"/jobs/{jobId}/exports/{exportId}", "/exports/{exportId}"})
    @RequiresScope(Scope.JOBS_READ)
    ExportBody retrieve(
            Tenant tenant, @PathVariable(required = false) @Nullable String jobId, @PathVariable String exportId) {
        return ExportBody.of(exports.find(tenant.id(), jobId, exportId), jobId);
    }
}
