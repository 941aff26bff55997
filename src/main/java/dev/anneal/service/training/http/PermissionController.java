package dev.anneal.service.training.http;

import dev.anneal.service.access.tenant.RequiresScope;
import dev.anneal.service.access.tenant.Scope;
import dev.anneal.service.access.tenant.Tenant;
import dev.anneal.service.access.web.DeletedBody;
import dev.anneal.service.access.web.ListBody;
import dev.anneal.service.access.web.PageLimits;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import dev.anneal.service.platform.request.StrictObject;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.sharing.Permission;
import dev.anneal.service.training.sharing.Permissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/** OpenAI's {@code checkpoints.permissions}: which other projects may use a tuned model or a checkpoint of one. */
@RestController
@RequestMapping("/v1/fine_tuning/checkpoints/{model}/permissions")
class PermissionController {

    private static final String PROJECTS = "project_ids";
    private static final int MOST_PROJECTS = 100;

    private final Permissions permissions;

    PermissionController(Permissions permissions) {
        this.permissions = permissions;
    }

    @PostMapping
    @RequiresScope(Scope.MODELS_WRITE)
    ListBody<Permission> create(
            Tenant tenant, @PathVariable String model, @RequestBody(required = false) @Nullable JsonNode body) {
        List<Permission> granted = permissions.grant(
                tenant.id(),
                TunedModels.publishedName(model),
                projects(JsonBody.of(body).object()));
        return ListBody.of(new Page<>(granted, false), Permission::id);
    }

    private static List<String> projects(StrictObject body) {
        List<String> projects = body.arraySize(PROJECTS) == 0 ? null : body.textOrTexts(PROJECTS);
        body.refuseOthers();
        if (projects == null || projects.size() > MOST_PROJECTS) {
            throw Refusal.invalidValue(
                    PROJECTS, "'project_ids' must list the ids of 1 to " + MOST_PROJECTS + " projects");
        }
        for (String project : projects) {
            requireProject(project);
        }
        return projects;
    }

    private static void requireProject(String id) {
        try {
            new Tenant(id);
        } catch (IllegalArgumentException invalid) {
            throw Refusal.invalidValue(PROJECTS, "'project_ids' names no project: " + invalid.getMessage());
        }
    }

    @GetMapping
    @RequiresScope(Scope.MODELS_READ)
    ListBody<Permission> list(
            Tenant tenant,
            @PathVariable String model,
            @RequestParam(name = "project_id", required = false) @Nullable String projectId,
            @PageLimits(byDefault = 10, max = 100) PageRequest page) {
        return ListBody.of(
                permissions.list(tenant.id(), TunedModels.publishedName(model), projectId, page), Permission::id);
    }

    /** Ignores the body that some clients send. */
    @DeleteMapping("/{permissionId}")
    @RequiresScope(Scope.MODELS_WRITE)
    DeletedBody delete(Tenant tenant, @PathVariable String model, @PathVariable String permissionId) {
        permissions.revoke(tenant.id(), TunedModels.publishedName(model), permissionId);
        return new DeletedBody(permissionId, Permission.OBJECT, true);
    }
}
