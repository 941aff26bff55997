package dev.anneal.service.results.evaluation;

import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.models.catalog.BaseModel;
import dev.anneal.service.models.catalog.ModelCatalog;
import dev.anneal.service.platform.database.Identifiers;
import dev.anneal.service.platform.database.TenantDatabase;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.NewWork;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.queue.WorkState;
import dev.anneal.service.queue.secret.SealedValues;
import dev.anneal.service.results.evaluation.EvaluationStore.NewEvaluation;
import dev.anneal.service.results.evaluation.EvaluationStore.Subject;
import dev.anneal.service.results.export.Export;
import dev.anneal.service.results.export.ExportKind;
import dev.anneal.service.results.export.Exports;
import dev.anneal.service.training.job.GraderItems;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.Jobs;
import dev.anneal.service.training.job.JudgingModels;
import dev.anneal.service.training.job.TunedModels;
import dev.anneal.service.training.sharing.UsableModel;
import dev.anneal.service.training.sharing.VisibleModels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What clients do with evaluations. */
@Component
public final class Evaluations {

    /** Method of work that compares answers. */
    public static final String EXACT_MATCH = "exact_match";

    /** Method of work that has completions graded. */
    public static final String GRADED = "graded";

    /** Exports, which somebody waits for to serve them, go before evaluations that have waited up to four minutes longer. */
    private static final int PRIORITY = 9;

    private static final String TUNED = "ft:";

    private final TenantDatabase database;
    private final ModelCatalog catalog;
    private final Files files;
    private final Jobs jobs;
    private final TunedModels models;
    private final VisibleModels visible;
    private final JudgingModels judges;
    private final Exports exports;
    private final EvaluationStore store;
    private final WorkQueue queue;
    private final SealedValues sealed;
    private final Identifiers identifiers;

    Evaluations(
            Sources sources,
            TenantDatabase database,
            EvaluationStore store,
            WorkQueue queue,
            SealedValues sealed,
            Identifiers identifiers) {
        this.catalog = sources.catalog();
        this.files = sources.files();
        this.jobs = sources.jobs();
        this.models = sources.models();
        this.visible = sources.visible();
        this.judges = sources.judges();
        this.exports = sources.exports();
        this.database = database;
        this.store = store;
        this.queue = queue;
        this.sealed = sealed;
        this.identifiers = identifiers;
    }

    /** Where the things that a request names are found. */
    record Sources(
            ModelCatalog catalog,
            Files files,
            Jobs jobs,
            TunedModels models,
            VisibleModels visible,
            JudgingModels judges,
            Exports exports) {}

    /** Begins an evaluation. */
    public Evaluation create(String tenantId, EvaluationRequest request, @Nullable String traceparent) {
        Optional<UsableModel> foreign = foreign(tenantId, request);
        return database.call(tenantId, () -> {
            Subject subject = foreign.map(model -> new Subject(
                            model.base(),
                            model.baseRevision(),
                            model.checkpoint().number(),
                            null))
                    .orElseGet(() -> subject(request));
            EvaluateTask.Grading grading = request.grading();
            boolean isGraded = grading != null;
            StoredFile file = files.requireChecked("test_file", request.testFile());
            requireFitting(file, isGraded);
            if (grading != null) {
                GraderItems.require(file, grading.grader(), "grader");
                judges.require(grading.grader(), "grader");
            }
            long work = queue.enqueue(new NewWork(
                    tenantId,
                    WorkKind.EVALUATE,
                    isGraded ? GRADED : EXACT_MATCH,
                    PRIORITY,
                    traceparent,
                    subject.workerModel()));
            String id = identifiers.next("fteval-");
            EvaluationRequest stored = grading == null
                    ? request
                    : request.with(
                            GraderSecrets.replaced(grading.grader(), value -> sealed.keep(tenantId, work, value)));
            store.insert(new NewEvaluation(tenantId, id, work, stored, subject));
            return store.byId(id).orElseThrow();
        });
    }

    /** Prompts are graded, and answers compared. */
    private static void requireFitting(StoredFile file, boolean isGraded) {
        ValidationReport report = file.report();
        DatasetFormat format = report == null ? DatasetFormat.CHAT : report.format();
        if (isGraded == (format == DatasetFormat.REINFORCEMENT)) {
            return;
        }
        String named = "'test_file' names '" + file.id() + "' of " + format.description();
        if (isGraded) {
            throw Refusal.invalidValue(
                    "grader",
                    "'grader' is given, but " + named + ", whose answers are compared; leave it out, or name a file of "
                            + DatasetFormat.REINFORCEMENT.description());
        }
        throw new Refusal(
                RefusalCode.MISSING_PARAMETER,
                named + ", which has no answers to compare with; give 'grader', which says what completions are worth,"
                        + " or name a file of " + DatasetFormat.CHAT.description() + " or "
                        + DatasetFormat.PREFERENCE.description(),
                "grader");
    }

    public Evaluation find(String tenantId, String id) {
        return database.call(tenantId, () -> require(id));
    }

    private Evaluation require(String id) {
        return store.byId(id).orElseThrow(() -> Refusal.notFound("evaluation", id, "evaluation_id"));
    }

    /** A page of the tenant's evaluations without their samples, newest first unless the request says otherwise. */
    public Page<Evaluation> list(String tenantId, PageRequest request) {
        return database.call(tenantId, () -> {
            String after = request.after();
            if (after != null && store.byId(after).isEmpty()) {
                throw Refusal.invalidCursor("an evaluation", after);
            }
            return Page.of(store.page(request), request);
        });
    }

    /** Cancels an evaluation: at once, or by its worker if it runs. Repeating the call changes nothing. */
    public Evaluation cancel(String tenantId, String id) {
        return database.call(tenantId, () -> {
            Evaluation evaluation = require(id);
            if (evaluation.work().state() == WorkState.CANCELLED) {
                return evaluation;
            }
            queue.cancel(evaluation.work().id());
            return require(id);
        });
    }

    private Optional<UsableModel> foreign(String tenantId, EvaluationRequest request) {
        String model = request.model();
        if (model == null || !model.startsWith(TUNED)) {
            return Optional.empty();
        }
        Optional<UsableModel> found = visible.ofOthers(tenantId, model);
        if (found.isEmpty() && models.find(tenantId, model).isEmpty()) {
            throw noSuchModel(model, visible.didYouMean(tenantId, model));
        }
        return found;
    }

    private static Refusal noSuchModel(String model, String hint) {
        return new Refusal(
                RefusalCode.MODEL_NOT_AVAILABLE,
                "'model' names '" + model + "', but there is no such tuned model." + hint + " /v1/models lists them",
                "model");
    }

    private Subject subject(EvaluationRequest request) {
        String model = request.model();
        if (model == null) {
            return exportSubject(String.valueOf(request.export()));
        }
        if (!model.startsWith(TUNED)) {
            BaseModel base = catalog.require(model);
            return new Subject(base.id(), base.revision(), null, null);
        }
        TunedModels.Resolved tuned = models.find(model).orElseThrow(() -> noSuchModel(model, ""));
        Job job = jobs.byNumber(tuned.model().job());
        return new Subject(
                job.request().model(), job.baseRevision(), tuned.checkpoint().number(), null);
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
