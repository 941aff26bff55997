package dev.anneal.service.access.http;

import dev.anneal.service.access.quota.Quota;
import dev.anneal.service.access.quota.Quotas;
import dev.anneal.service.access.tenant.Projects;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.request.JsonBody;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/anneal/quota} for a tenant, and {@code /v1/organization/projects/{id}/quota} for administrators. */
@RestController
class QuotaController {

    private static final String OF_A_PROJECT = "/v1/organization/projects/{projectId}/quota";

    private final Quotas quotas;
    private final Projects projects;
    private final TenantDatabase database;

    QuotaController(Quotas quotas, Projects projects, TenantDatabase database) {
        this.quotas = quotas;
        this.projects = projects;
        this.database = database;
    }

    @GetMapping("/v1/anneal/quota")
    @RequiresScope(Scope.JOBS_READ)
    QuotaBody own(Tenant tenant) {
        return body(tenant.id());
    }

    @GetMapping(OF_A_PROJECT)
    @RequiresScope(Scope.ADMIN)
    QuotaBody retrieve(@PathVariable String projectId) {
        return body(projects.find(projectId).id());
    }

    /** Replaces the limits of the project; omitted or null ones take the settings' defaults. */
    @PostMapping(OF_A_PROJECT)
    @RequiresScope(Scope.ADMIN)
    QuotaBody replace(@PathVariable String projectId, @RequestBody(required = false) @Nullable JsonNode body) {
        Quota quota = JsonBody.of(body).object().readAll(Quota.class);
        String project = projects.find(projectId).id();
        quotas.save(project, quota);
        return body(project);
    }

    private QuotaBody body(String tenantId) {
        return database.call(
                tenantId, () -> new QuotaBody("anneal.quota", tenantId, quotas.of(tenantId), quotas.usage(tenantId)));
    }
}
