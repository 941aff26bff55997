package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.trace.TraceParent;
import dev.anneal.service.results.export.AdapterExportRequest;
import dev.anneal.service.results.export.AdapterExports;
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

/** Exports of uploaded adapters, which belong to no job. */
@RestController
@RequestMapping("/v1/fine_tuning/exports")
class AdapterExportController {

    private final AdapterExports exports;

    AdapterExportController(AdapterExports exports) {
        this.exports = exports;
    }

    @PostMapping
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    ExportBody create(
            Tenant tenant,
            @RequestBody(required = false) @Nullable JsonNode body,
            @RequestHeader(name = "traceparent", required = false) @Nullable String traceparent) {
        AdapterExportRequest request =
                AdapterExportRequest.read(JsonBody.of(body).object());
        return ExportBody.of(exports.create(tenant.id(), request, TraceParent.ofRequest(traceparent)), null);
    }

    @GetMapping
    @RequiresScope(Scope.JOBS_READ)
    ListBody<ExportBody> list(Tenant tenant, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        return ListBody.of(exports.list(tenant.id(), page).map(export -> ExportBody.of(export, null)), ExportBody::id);
    }

    @GetMapping("/{exportId}")
    @RequiresScope(Scope.JOBS_READ)
    ExportBody retrieve(Tenant tenant, @PathVariable String exportId) {
        return ExportBody.of(exports.find(tenant.id(), exportId), null);
    }
}
