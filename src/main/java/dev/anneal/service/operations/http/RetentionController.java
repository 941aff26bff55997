package dev.anneal.service.operations.http;

import dev.anneal.service.access.tenant.Projects;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.operations.retention.Retention;
import dev.anneal.service.operations.retention.Retentions;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.role.ConditionalOnRole;
import dev.anneal.service.platform.role.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/**
 * {@code /v1/anneal/retention} for a tenant, and {@code /v1/organization/projects/{id}/retention} for administrators.
 */
@RestController
@ConditionalOnRole(Role.API)
class RetentionController {

    private static final String OF_A_PROJECT = "/v1/organization/projects/{projectId}/retention";

    private final Retentions retentions;
    private final Projects projects;

    RetentionController(Retentions retentions, Projects projects) {
        this.retentions = retentions;
        this.projects = projects;
    }

    @GetMapping("/v1/anneal/retention")
    @RequiresScope(Scope.JOBS_READ)
    RetentionBody own(Tenant tenant) {
        return body(tenant.id());
    }

    @GetMapping(OF_A_PROJECT)
    @RequiresScope(Scope.ADMIN)
    RetentionBody retrieve(@PathVariable String projectId) {
        return body(projects.find(projectId).id());
    }

    /** Replaces the project's own retention; omitted or null values mean the settings' defaults. */
    @PostMapping(OF_A_PROJECT)
    @RequiresScope(Scope.ADMIN)
    RetentionBody replace(@PathVariable String projectId, @RequestBody(required = false) @Nullable JsonNode body) {
        Retention retention = JsonBody.of(body).object().readAll(Retention.class);
        String project = projects.find(projectId).id();
        retentions.save(project, retention);
        return body(project);
    }

    private RetentionBody body(String tenantId) {
        return new RetentionBody("anneal.retention", tenantId, retentions.of(tenantId));
    }
}
