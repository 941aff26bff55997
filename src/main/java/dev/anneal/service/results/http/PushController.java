package dev.anneal.service.results.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.results.push.PushRequest;
import dev.anneal.service.results.push.Pushes;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code …/exports/{id}/push}: pushes of an export to the operator's Hub. */
@RestController
@ConditionalOnRole(Role.API)
@RequestMapping({"/v1/fine_tuning/jobs/{jobId}/exports/{exportId}/push", "/v1/fine_tuning/exports/{exportId}/push"})
class PushController {

    private final Exports exports;
    private final Pushes pushes;

    PushController(Exports exports, Pushes pushes) {
        this.exports = exports;
        this.pushes = pushes;
    }

    @PostMapping
    @RequiresScope(Scope.JOBS_WRITE)
    @ResponseStatus(HttpStatus.ACCEPTED)
    PushBody create(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId,
            @RequestBody(required = false) @Nullable JsonNode body) {
        PushRequest request = PushRequest.read(JsonBody.of(body).object());
        Export export = exports.find(tenant.id(), jobId, exportId);
        String origin = export.adapter().map(Export.OfAdapter::fileId).orElse(String.valueOf(jobId));
        return PushBody.of(pushes.create(tenant.id(), export, origin, request));
    }

    @GetMapping("/{pushId}")
    @RequiresScope(Scope.JOBS_READ)
    PushBody retrieve(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId,
            @PathVariable String pushId) {
        return PushBody.of(pushes.find(tenant.id(), exports.find(tenant.id(), jobId, exportId), pushId));
    }

    @GetMapping
    @RequiresScope(Scope.JOBS_READ)
    ListBody<PushBody> list(
            Tenant tenant,
            @PathVariable(required = false) @Nullable String jobId,
            @PathVariable String exportId,
            @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        Export export = exports.find(tenant.id(), jobId, exportId);
        return ListBody.of(pushes.list(tenant.id(), export, page).map(PushBody::of), PushBody::id);
    }
}
