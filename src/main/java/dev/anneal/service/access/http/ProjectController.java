package dev.anneal.service.access.http;

import dev.anneal.service.access.tenant.Projects;
import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** {@code /v1/organization/projects}: create, list, retrieve, rename, archive. */
@RestController
@RequestMapping("/v1/organization/projects")
class ProjectController {

    private final Projects projects;

    ProjectController(Projects projects) {
        this.projects = projects;
    }

    @PostMapping
    @RequiresScope(Scope.ADMIN)
    ProjectBody create(@RequestBody(required = false) @Nullable JsonNode body) {
        StrictObject request = JsonBody.of(body).object();
        String name = KeyRequest.name(request);
        String id = request.text("id");
        request.refuseOthers();
        if (id != null && !Tenant.isId(id)) {
            throw request.invalid(
                    "id",
                    "must be 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit",
                    id);
        }
        return ProjectBody.of(projects.create(name, id));
    }

    @GetMapping
    @RequiresScope(Scope.ADMIN)
    ListBody<ProjectBody> list(
            @PageLimits(byDefault = 20, max = 100) PageRequest page,
            @RequestParam(name = "include_archived", defaultValue = "false") boolean includeArchived) {
        return ListBody.of(projects.list(page, includeArchived).map(ProjectBody::of), ProjectBody::id);
    }

    @GetMapping("/{projectId}")
    @RequiresScope(Scope.ADMIN)
    ProjectBody retrieve(@PathVariable String projectId) {
        return ProjectBody.of(projects.find(projectId));
    }

    @PostMapping("/{projectId}")
    @RequiresScope(Scope.ADMIN)
    ProjectBody rename(@PathVariable String projectId, @RequestBody(required = false) @Nullable JsonNode body) {
        StrictObject request = JsonBody.of(body).object();
        String name = KeyRequest.name(request);
        request.refuseOthers();
        return ProjectBody.of(projects.rename(projectId, name));
    }

    @PostMapping("/{projectId}/archive")
    @RequiresScope(Scope.ADMIN)
    ProjectBody archive(@PathVariable String projectId) {
        return ProjectBody.of(projects.archive(projectId));
    }
}
