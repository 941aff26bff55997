package dev.anneal.service.job;

import dev.anneal.engine.grade.Graders;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.catalog.ModelCatalog;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Models that the graders of a training ask. They are looked for as the job is created, when there is still somebody to tell. */
final class JudgingModels {

    private static final String GRADER = "method.reinforcement.grader";
    private static final String TUNED = "ft:";

    private final ModelCatalog catalog;
    private final TunedModels tuned;

    JudgingModels(ModelCatalog catalog, TunedModels tuned) {
        this.catalog = catalog;
        this.tuned = tuned;
    }

    /** @throws Refusal naming the place of the first model that is not there */
    void require(JdbcClient jdbc, TrainingMethod method) {
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            Graders.parse(reinforcement.grader(), GRADER)
                    .judges()
                    .forEach((model, place) -> require(jdbc, model, place));
        }
    }

    private void require(JdbcClient jdbc, String model, String place) {
        if (!model.startsWith(TUNED)) {
            try {
                catalog.require(model);
            } catch (Refusal e) {
                throw new Refusal(e.code(), "'" + place + "' cannot judge: " + e.explanation(), place);
            }
        } else if (tuned.find(jdbc, model.replace("/", "--")).isEmpty()) {
            throw new Refusal(
                    RefusalCode.MODEL_NOT_AVAILABLE,
                    "'" + place + "' names '" + model
                            + "', but there is no such model; /v1/models lists those that may judge",
                    place);
        }
    }
}
