package dev.anneal.service.training.sharing;

import dev.anneal.engine.text.spelling.Spelling;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.models.catalog.ModelNames;
import dev.anneal.service.platform.database.SystemDatabase;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.training.job.SharedModels;
import dev.anneal.service.training.job.TunedDraft;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The models that a tenant may use: its own, those that other tenants share with it, and base models. Whether a model
 * is shared is read as the tenant, under row-level security; only then is the model read as the system, and only if it
 * still belongs to the tenant that shares it.
 */
@Component
public final class VisibleModels implements SharedModels {

    /** Excludes permissions that the tenant itself has given, which it can see as well. */
    private static final String GRANTED =
            "SELECT tenant_id FROM checkpoint_permission WHERE model = :model AND project_id = current_tenant()";

    private static final String GRANTED_LAST = """
            SELECT model
            FROM checkpoint_permission
            WHERE project_id = current_tenant()
            ORDER BY created_at DESC
            LIMIT 1000
            """;

    private static final int GUESSES = 3;

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final SystemDatabase system;
    private final ModelCatalog catalog;
    private final TunedModels models;

    VisibleModels(
            JdbcClient jdbc, TenantDatabase database, SystemDatabase system, ModelCatalog catalog, TunedModels models) {
        this.jdbc = jdbc;
        this.database = database;
        this.system = system;
        this.catalog = catalog;
        this.models = models;
    }

    /** The tuned model or checkpoint with this published name, the tenant's own or one shared with it. */
    public Optional<UsableModel> find(String tenantId, String name) {
        return database.call(tenantId, () -> models.find(name)).or(() -> ofOthers(tenantId, name));
    }

    /** A draft that is shared does not tell the name of a target that is not. */
    @Override
    public Optional<UsableModel> ofOthers(String tenantId, String name) {
        return granted(tenantId, name).map(model -> mayKnowTarget(tenantId, model) ? model : model.withoutTargetName());
    }

    private boolean mayKnowTarget(String tenantId, UsableModel model) {
        TunedDraft draft = model.draft();
        String target = draft == null ? null : draft.targetName();
        return target == null
                || !TunedModels.isTuned(target)
                || database.call(tenantId, () -> models.find(TunedModels.publishedName(target)))
                        .isPresent()
                || granted(tenantId, TunedModels.publishedName(target)).isPresent();
    }

    private Optional<UsableModel> granted(String tenantId, String name) {
        Optional<String> owner = database.call(
                tenantId,
                () -> jdbc.sql(GRANTED).param("model", name).query(String.class).optional());
        return owner.flatMap(granter -> system.call(
                () -> models.find(name).filter(model -> model.owner().equals(granter))));
    }

    /**
     * A sentence with a leading space to append to a refusal of the name; empty if no visible model has a similar name.
     */
    public String didYouMean(String tenantId, String name) {
        List<String> own = database.call(tenantId, models::names);
        List<String> names = Stream.of(catalog.ids(), own, similarShared(tenantId, name))
                .flatMap(List::stream)
                .toList();
        return ModelNames.didYouMean(name, names);
    }

    /** Similar names of existing models shared with the tenant. */
    private List<String> similarShared(String tenantId, String name) {
        List<String> granted = database.call(
                tenantId, () -> jdbc.sql(GRANTED_LAST).query(String.class).list());
        return Spelling.nearest(name, granted, GUESSES).stream()
                .filter(each -> ofOthers(tenantId, each).isPresent())
                .toList();
    }
}
