package dev.anneal.service.training.sharing;

import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Permissions of other tenants to use a tenant's tuned models and checkpoints. */
@Component
public final class Permissions {

    private static final String PREFIX = "cp_";
    private static final String MODEL = "fine_tuned_model_checkpoint";

    private static final String INSERT = """
            INSERT INTO checkpoint_permission (tenant_id, external_id, created_at, model, tuned_model, checkpoint_id,
                                               project_id)
            VALUES (:tenant, :id, clock_timestamp(), :model, (SELECT name FROM tuned_model WHERE job_id = :job),
                    :checkpoint, :project)
            ON CONFLICT (model, project_id) DO NOTHING
            """;

    /** Row-level security also shows permissions to the tenants that received them, so the query names the owner. */
    private static final String SELECT = """
            SELECT external_id AS id, created_at, project_id
            FROM checkpoint_permission
            WHERE model = :model AND tenant_id = current_tenant()
            """;

    private static final String DELETE = """
            DELETE FROM checkpoint_permission
            WHERE external_id = :id AND model = :model AND tenant_id = current_tenant()
            """;

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final Identifiers identifiers;
    private final TunedModels models;

    Permissions(JdbcClient jdbc, TenantDatabase database, Identifiers identifiers, TunedModels models) {
        this.jdbc = jdbc;
        this.database = database;
        this.identifiers = identifiers;
        this.models = models;
    }

    /**
     * Lets other tenants use a model. Existing permissions are returned.
     *
     * @throws Refusal 404 if the tenant has no such model
     */
    public List<Permission> grant(String tenantId, String model, List<String> projectIds) {
        return database.call(tenantId, () -> {
            UsableModel found = require(model);
            for (String project : projectIds) {
                if (project.equals(tenantId)) {
                    throw Refusal.invalidValue(
                            "project_ids",
                            "'project_ids' names '" + project + "', which owns the model '" + model + "'");
                }
                insert(found, model, project);
            }
            return projectIds.stream()
                    .distinct()
                    .map(project -> jdbc.sql(SELECT + "AND project_id = :project")
                            .param("model", model)
                            .param("project", project)
                            .query(Permission.class)
                            .single())
                    .toList();
        });
    }

    private void insert(UsableModel shared, String model, String project) {
        jdbc.sql(INSERT)
                .param("tenant", shared.owner())
                .param("id", identifiers.next(PREFIX))
                .param("model", model)
                .param("job", shared.model().job())
                .param("checkpoint", shared.checkpoint().number())
                .param("project", project)
                .update();
    }

    private UsableModel require(String model) {
        return models.find(model)
                .orElseThrow(
                        () -> Refusal.notFound("tuned model or checkpoint", model, MODEL, models.didYouMean(model)));
    }

    /**
     * A page of the permissions of a model.
     *
     * @param projectId tenant to filter by; null for all
     */
    public Page<Permission> list(String tenantId, String model, @Nullable String projectId, PageRequest page) {
        return database.call(tenantId, () -> {
            require(model);
            String after = page.after();
            if (after != null && !after.startsWith(PREFIX)) {
                throw Refusal.invalidCursor("a permission", after);
            }
            List<Permission> rows = jdbc.sql(SELECT + """
                            AND (:project::text IS NULL OR project_id = :project)
                            AND %s
                            ORDER BY external_id %s
                            LIMIT :limit
                            """.formatted(page.after("external_id"), page.order()))
                    .param("model", model)
                    .param("project", projectId)
                    .param("after", after)
                    .param("limit", page.rowsToRead())
                    .query(Permission.class)
                    .list();
            return Page.of(rows, page);
        });
    }

    /**
     * Deletes a permission: the tenant's next request does not find the model. Running evaluations continue.
     *
     * @throws Refusal 404 if there is none
     */
    public void revoke(String tenantId, String model, String permissionId) {
        int rows = database.call(
                tenantId,
                () -> jdbc.sql(DELETE)
                        .param("id", permissionId)
                        .param("model", model)
                        .update());
        if (rows == 0) {
            throw Refusal.notFound("permission", permissionId, "permission_id");
        }
    }
}
