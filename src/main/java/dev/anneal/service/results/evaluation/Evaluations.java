package dev.anneal.service.results.evaluation;

import dev.anneal.engine.grade.GraderSecrets;
import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
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
import dev.anneal.service.results.evaluation.EvaluationStore.Subject;
import dev.anneal.service.training.admission.GraderItems;
import dev.anneal.service.training.job.JudgingModels;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Creates, finds, lists and cancels evaluations for clients. */
@Component
public final class Evaluations {

    /** Method of work that compares answers. */
    public static final String EXACT_MATCH = "exact_match";

    /** Method of work that has completions graded. */
    public static final String GRADED = "graded";

    /** Exports run before evaluations that have waited up to four minutes longer, because users wait for them. */
    private static final int PRIORITY = 9;

    private final TenantDatabase database;
    private final Files files;
    private final JudgingModels judges;
    private final EvaluationSubjects subjects;
    private final EvaluationStore store;
    private final WorkQueue queue;
    private final SealedValues sealed;

    Evaluations(
            TenantDatabase database,
            Files files,
            JudgingModels judges,
            EvaluationSubjects subjects,
            EvaluationStore store,
            WorkQueue queue,
            SealedValues sealed) {
        this.database = database;
        this.files = files;
        this.judges = judges;
        this.subjects = subjects;
        this.store = store;
        this.queue = queue;
        this.sealed = sealed;
    }

    /** Creates an evaluation. */
    public Evaluation create(String tenantId, EvaluationRequest request, @Nullable String traceparent) {
        Optional<Subject> outside = subjects.outside(tenantId, request);
        return database.call(tenantId, () -> {
            Subject subject = outside.orElseGet(() -> subjects.own(request));
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
                    subject.workerModels()));
            EvaluationRequest stored = grading == null
                    ? request
                    : request.with(
                            GraderSecrets.replaced(grading.grader(), value -> sealed.keep(tenantId, work, value)));
            return store.create(tenantId, work, stored, subject);
        });
    }

    /** A file of prompts needs a grader; a file of answers is compared. */
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
}
