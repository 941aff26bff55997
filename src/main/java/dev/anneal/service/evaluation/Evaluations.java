package dev.anneal.service.evaluation;

import dev.anneal.engine.rows.DatasetFormat;
import dev.anneal.engine.rows.ValidationReport;
import dev.anneal.service.catalog.ModelCatalog;
import dev.anneal.service.database.Identifiers;
import dev.anneal.service.database.TenantDatabase;
import dev.anneal.service.evaluation.EvaluationStore.NewEvaluation;
import dev.anneal.service.evaluation.EvaluationStore.Subject;
import dev.anneal.service.export.Export;
import dev.anneal.service.export.ExportKind;
import dev.anneal.service.export.Exports;
import dev.anneal.service.file.Files;
import dev.anneal.service.file.StoredFile;
import dev.anneal.service.job.Jobs;
import dev.anneal.service.job.TunedModels;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What clients do with evaluations. */
public final class Evaluations {

    private final TenantDatabase database;
    private final ModelCatalog catalog;
    private final Files files;
    private final Jobs jobs;
    private final TunedModels models;
    private final Exports exports;
    private final EvaluationStore store;
    private final WorkQueue queue;
    private final Identifiers identifiers;

    Evaluations(
            Sources sources, TenantDatabase database, EvaluationStore store, WorkQueue queue, Identifiers identifiers) {
        this.catalog = sources.catalog();
        this.files = sources.files();
        this.jobs = sources.jobs();
        this.models = sources.models();
        this.exports = sources.exports();
        this.database = database;
        this.store = store;
        this.queue = queue;
        this.identifiers = identifiers;
    }

    /** Where the things that a request names are found. */
    record Sources(ModelCatalog catalog, Files files, Jobs jobs, TunedModels models, Exports exports) {}

    /** Begins an evaluation. */
    public Evaluation create(String tenantId, EvaluationRequest request, @Nullable String traceparent) {
        return database.call(tenantId, jdbc -> {
            Subject subject = subject(jdbc, request);
            requireAnswers(files.requireChecked(jdbc, "test_file", request.testFile()));
            long work = queue.enqueue(
                    jdbc,
                    new NewWork(tenantId, WorkKind.EVALUATE, "exact_match", NewWork.DEFAULT_PRIORITY, traceparent));
            String id = identifiers.next("fteval-");
            store.insert(jdbc, new NewEvaluation(tenantId, id, work, request, subject));
            return store.byId(jdbc, id).orElseThrow();
        });
    }

    private static void requireAnswers(StoredFile file) {
        ValidationReport report = file.report();
        if (report != null && report.format() == DatasetFormat.REINFORCEMENT) {
            throw new Refusal(
                    RefusalCode.DATASET_INVALID,
                    "'test_file' names '" + file.id() + "' of "
                            + report.format().description()
                            + ", which has no answers to compare with; name a file of "
                            + DatasetFormat.CHAT.description() + " or " + DatasetFormat.PREFERENCE.description(),
                    "test_file");
        }
    }

    public Evaluation find(String tenantId, String id) {
        return database.call(
                tenantId,
                jdbc -> store.byId(jdbc, id).orElseThrow(() -> Refusal.notFound("evaluation", id, "evaluation_id")));
    }

    private Subject subject(JdbcClient jdbc, EvaluationRequest request) {
        String model = request.model();
        if (model == null) {
            return exportSubject(jdbc, String.valueOf(request.export()));
        }
        if (!model.startsWith("ft:")) {
            return new Subject(catalog.require(model).id(), null, null);
        }
        TunedModels.Resolved tuned = models.find(jdbc, model)
                .orElseThrow(() -> new Refusal(
                        RefusalCode.MODEL_NOT_AVAILABLE,
                        "'model' names '" + model + "', but there is no such tuned model; /v1/models lists them",
                        "model"));
        String base = jobs.byNumber(jdbc, tuned.model().job()).request().model();
        return new Subject(base, tuned.checkpoint().number(), null);
    }

    private Subject exportSubject(JdbcClient jdbc, String id) {
        Export export = exports.find(jdbc, id)
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
                .orElseGet(() -> jobs.byNumber(
                                jdbc, export.checkpoint().orElseThrow().job())
                        .request()
                        .model());
        return new Subject(base, null, export.number());
    }
}
