package dev.anneal.service.training.sharing;

import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.Jobs;
import dev.anneal.service.training.job.TunedModels;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The models of others that a tenant may use. That it may is read as the tenant, under row-level security; only then is the model read
 * as the system, and only if it is still its owner's.
 */
@Component
public final class SharedModels {

    /** The owner sees its own permissions as well, which are not what lets it use its models. */
    private static final String GRANTED =
            "SELECT tenant_id FROM checkpoint_permission WHERE model = :model AND project_id = current_tenant()";

    private static final String GRANTED_LAST =
            "SELECT model FROM checkpoint_permission WHERE project_id = current_tenant() ORDER BY created_at DESC LIMIT 1000";

    private static final int GUESSES = 3;

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final SystemDatabase system;
    private final TunedModels models;
    private final Jobs jobs;

    SharedModels(JdbcClient jdbc, TenantDatabase database, SystemDatabase system, TunedModels models, Jobs jobs) {
        this.jdbc = jdbc;
        this.database = database;
        this.system = system;
        this.models = models;
        this.jobs = jobs;
    }

    /** Names like this one of models that are shared with the tenant and still there. */
    List<String> like(String tenantId, String name) {
        List<String> granted = database.call(
                tenantId, () -> jdbc.sql(GRANTED_LAST).query(String.class).list());
        return Spelling.nearest(name, granted, GUESSES).stream()
                .filter(each -> find(tenantId, each).isPresent())
                .toList();
    }

    /** The model with this name, if another tenant shares it with {@code tenantId} and has not deleted it. */
    public Optional<SharedModel> find(String tenantId, String name) {
        Optional<String> owner = database.call(
                tenantId,
                () -> jdbc.sql(GRANTED).param("model", name).query(String.class).optional());
        return owner.flatMap(granter -> system.call(() -> models.find(name).flatMap(found -> {
            Job job = jobs.byNumber(found.model().job());
            return Optional.of(job)
                    .filter(made -> made.tenantId().equals(granter))
                    .map(made -> new SharedModel(
                            found.model(), granter, made.request().model(), made.baseRevision(), found.checkpoint()));
        })));
    }
}
