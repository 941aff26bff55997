package dev.anneal.service.training.draft;

import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.training.job.UsableModel;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Drafts that generation with a model uses unless a request says otherwise. A tenant sets them for its own requests,
 * and for those of the tenants that it shares the model with. A default that can no longer be used, because the draft
 * was deleted or the base model has changed, is none.
 */
@Component
public final class DefaultDrafts {

    private static final String SET = """
            INSERT INTO default_draft (tenant_id, model, draft)
            VALUES (:tenant, :model, :draft)
            ON CONFLICT (tenant_id, model) DO UPDATE SET draft = excluded.draft
            """;

    private static final String FIND = "SELECT draft FROM default_draft WHERE model = :model";
    private static final String REMOVE = "DELETE FROM default_draft WHERE model = :model";

    private final JdbcClient jdbc;
    private final TenantDatabase database;
    private final Drafts drafts;

    DefaultDrafts(JdbcClient jdbc, TenantDatabase database, Drafts drafts) {
        this.jdbc = jdbc;
        this.database = database;
        this.drafts = drafts;
    }

    /** @param draft a draft that {@link Drafts#require} has found for the model */
    public void set(String tenantId, DraftedModel model, UsableModel draft) {
        database.run(
                tenantId,
                () -> jdbc.sql(SET)
                        .param("tenant", tenantId)
                        .param("model", model.name())
                        .param("draft", draft.model().name())
                        .update());
    }

    /** @throws Refusal {@code not_found} if the tenant has set none */
    public void remove(String tenantId, DraftedModel model) {
        int rows = database.call(
                tenantId, () -> jdbc.sql(REMOVE).param("model", model.name()).update());
        if (rows == 0) {
            throw Refusal.notFound("default draft of the model", model.name(), "model");
        }
    }

    /**
     * The tenant's own default of the model, or that of the model's owner. The owner shares its own drafts with the
     * model, and not those that others share with it.
     */
    public Optional<UsableModel> find(String tenantId, DraftedModel model) {
        Optional<UsableModel> own = setBy(tenantId, model).flatMap(name -> drafts.find(tenantId, name, model));
        String owner = model.owner();
        return own.isPresent() || owner == null || owner.equals(tenantId)
                ? own
                : setBy(owner, model)
                        .flatMap(name -> drafts.find(owner, name, model)
                                .filter(draft -> draft.owner().equals(owner))
                                .or(() -> drafts.find(tenantId, name, model)));
    }

    private Optional<String> setBy(String tenantId, DraftedModel model) {
        return database.call(
                tenantId,
                () -> jdbc.sql(FIND)
                        .param("model", model.name())
                        .query(String.class)
                        .optional());
    }
}
