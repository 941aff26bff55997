package dev.anneal.service.training.job;

import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Graders;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks the models of graders before these are used, so that the client learns of missing ones. Models of other
 * tenants count as missing.
 */
@Component
public final class JudgingModels {

    private final TenantDatabase database;
    private final ModelCatalog catalog;
    private final TunedModels tuned;

    JudgingModels(TenantDatabase database, ModelCatalog catalog, TunedModels tuned) {
        this.database = database;
        this.catalog = catalog;
        this.tuned = tuned;
    }

    /**
     * @param at path of the grader in the request
     * @throws Refusal naming the path of the first missing model
     */
    public void require(Map<String, @Nullable Object> grader, String at) {
        require(Graders.parse(grader, at));
    }

    /** The same for a grader that has been parsed, in a transaction of its own. */
    public void require(String tenantId, Grader grader) {
        database.run(tenantId, () -> require(grader));
    }

    private void require(Grader grader) {
        grader.judges().forEach(this::require);
    }

    private void require(String model, String place) {
        if (!TunedModels.isTuned(model)) {
            try {
                catalog.require(model);
            } catch (Refusal e) {
                throw new Refusal(e.code(), "'" + place + "' cannot judge: " + e.explanation(), place);
            }
        } else {
            tuned.find(TunedModels.publishedName(model))
                    .orElseThrow(() -> missing(model, place))
                    .requireLanguageModel(place);
        }
    }

    private Refusal missing(String model, String place) {
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
                "'" + place + "' names '" + model
                        + "', but there is no such model; /v1/models lists those that may judge."
                        + tuned.didYouMean(model),
                place);
    }
}
