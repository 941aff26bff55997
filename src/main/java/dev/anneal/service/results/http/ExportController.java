package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.results.export.Export;
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

/** {@code …/exports} and its short form {@code …/merge}. */
@RestController
@RequestMapping("/v1/fine_tuning/jobs/{jobId}")
class ExportController {

    private final Exports exports;

    ExportController(Exports exports) {
        this.exports = exports;
    }

    @PostMapping("/exports")
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

    @PostMapping("/merge")
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

    @GetMapping("/exports")
    @RequiresScope(Scope.JOBS_READ)
    ListBody<ExportBody> list(
            Tenant tenant, @PathVariable String jobId, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(
                exports.list(tenant.id(), jobId, page).map(export -> ExportBody.of(export, jobId)), ExportBody::id);
    }

    @GetMapping("/exports/{exportId}")
    @RequiresScope(Scope.JOBS_READ)
    ExportBody retrieve(Tenant tenant, @PathVariable String jobId, @PathVariable String exportId) {
        Export export = exports.find(tenant.id(), jobId, exportId);
        return ExportBody.of(export, jobId);
    }
}
