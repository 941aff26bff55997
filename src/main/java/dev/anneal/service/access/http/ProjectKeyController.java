package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.IssuedKey;
import dev.anneal.service.access.tenant.IssuedKeys;
import dev.anneal.service.access.tenant.Projects;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import java.time.Clock;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/organization/projects/{id}/api_keys}: create, which OpenAI does elsewhere, list, retrieve, delete. */
@RestController
@RequestMapping("/v1/organization/projects/{projectId}/api_keys")
class ProjectKeyController {

    private final Projects projects;
    private final IssuedKeys keys;
    private final Clock clock;

    ProjectKeyController(Projects projects, IssuedKeys keys, Clock clock) {
        this.projects = projects;
        this.keys = keys;
        this.clock = clock;
    }

    @PostMapping
    @RequiresScope(Scope.ADMIN)
    ProjectKeyBody create(@PathVariable String projectId, @RequestBody(required = false) @Nullable JsonNode body) {
        String project = projects.findOpen(projectId).id();
        IssuedKey.Shown made =
                keys.create(project, KeyRequest.ofProject(JsonBody.of(body).object(), clock));
        return ProjectKeyBody.of(made.key(), made.secret());
    }

    @GetMapping
    @RequiresScope(Scope.ADMIN)
    ListBody<ProjectKeyBody> list(
            @PathVariable String projectId, @PageLimits(byDefault = 20, max = 100) PageRequest page) {
        String project = projects.find(projectId).id();
        return ListBody.of(keys.list(project, page).map(key -> ProjectKeyBody.of(key, null)), ProjectKeyBody::id);
    }

    @GetMapping("/{keyId}")
    @RequiresScope(Scope.ADMIN)
    ProjectKeyBody retrieve(@PathVariable String projectId, @PathVariable String keyId) {
        return ProjectKeyBody.of(keys.find(projectId, keyId), null);
    }

    @DeleteMapping("/{keyId}")
    @RequiresScope(Scope.ADMIN)
    DeletedBody delete(@PathVariable String projectId, @PathVariable String keyId) {
        keys.revoke(projectId, keyId);
        return new DeletedBody(keyId, "organization.project.api_key.deleted", true);
    }
}
