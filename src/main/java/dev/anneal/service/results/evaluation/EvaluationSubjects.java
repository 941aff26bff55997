package dev.anneal.service.results.evaluation;

import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.results.evaluation.EvaluationStore.Subject;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.ExportKind;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.training.admission.Jobs;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.job.UsableModel;
import dev.anneal.service.training.sharing.VisibleModels;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Finds the model or export that an evaluation runs on. */
@Component
final class EvaluationSubjects {

    private final ModelCatalog catalog;
    private final Jobs jobs;
    private final TunedModels models;
    private final VisibleModels visible;
    private final Exports exports;

    EvaluationSubjects(ModelCatalog catalog, Jobs jobs, TunedModels models, VisibleModels visible, Exports exports) {
        this.catalog = catalog;
        this.jobs = jobs;
        this.models = models;
        this.visible = visible;
        this.exports = exports;
    }

    /** A base model, or one shared by another tenant; looked up outside the tenant's transaction. */
    Optional<Subject> outside(String tenantId, EvaluationRequest request) {
        String model = request.model();
        if (model == null) {
            return Optional.empty();
        }
        if (!TunedModels.isTuned(model)) {
            BaseModel base = catalog.require(model);
            return Optional.of(new Subject(base.id(), base.revision(), null, null));
        }
        String published = TunedModels.publishedName(model);
        Optional<UsableModel> found = visible.ofOthers(tenantId, published);
        if (found.isEmpty() && models.find(tenantId, published).isEmpty()) {
            throw noSuchModel(model, visible.didYouMean(tenantId, published));
        }
        return found.map(EvaluationSubjects::subject);
    }

    private static Refusal noSuchModel(String model, String hint) {
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
                "'model' names '" + model + "', but there is no such tuned model." + hint + " /v1/models lists them",
                "model");
    }

    /** A model or export of the tenant, looked up within the tenant's transaction. */
    Subject own(EvaluationRequest request) {
        String model = request.model();
        if (model == null) {
            return exportSubject(String.valueOf(request.export()));
        }
        return subject(models.find(TunedModels.publishedName(model)).orElseThrow(() -> noSuchModel(model, "")));
    }

    private static Subject subject(UsableModel model) {
        model.requireLanguageModel("model");
        return new Subject(
                model.base(), model.baseRevision(), model.checkpoint().number(), null);
    }

    private Subject exportSubject(String id) {
        Export export = exports.lockForUse(id)
                .orElseThrow(() ->
                        Refusal.invalidValue("export", "'export' names '" + id + "', but there is no such export"));
        if (export.kind() != ExportKind.MERGED) {
            throw Refusal.invalidValue(
                    "export",
                    "'export' names '" + id + "' of kind '" + export.kind().wireName()
                            + "'; only a merged export is a model of its own. Name the tuned model instead");
        }
        if (export.result() == null) {
            throw new Refusal(
                    RefusalCode.EXPORT_NOT_READY,
                    "'export' names '" + id + "', which is not complete; evaluate it when its status is 'succeeded'",
                    "export");
        }
        String base = export.adapter()
                .map(Export.OfAdapter::model)
                .orElseGet(() -> jobs.byNumber(export.checkpoint().orElseThrow().job())
                        .request()
                        .model());
        return new Subject(base, export.baseRevision(), null, export.number());
    }
}
