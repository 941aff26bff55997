package dev.anneal.service.job;

import dev.anneal.engine.data.TokenReport;
import dev.anneal.service.catalog.BaseModel;
import dev.anneal.service.catalog.ModelCatalog;
import dev.anneal.service.file.FileStatus;
import dev.anneal.service.file.Files;
import dev.anneal.service.file.StoredFile;
import dev.anneal.service.file.TokenCount;
import dev.anneal.service.file.TokenCounts;
import dev.anneal.service.history.Events;
import dev.anneal.service.history.JobEvent;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.settings.DatasetSize;
import dev.anneal.service.settings.ResolvedSettings;
import dev.anneal.service.settings.SettingsResolver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Takes a job from VALIDATING to QUEUED once the tokens of its files are counted, or to FAILED if they cannot be trained on. Safe to
 * repeat and to run in many processes at once: the queue lets exactly one call decide.
 */
final class JobPreparation {

    private final ModelCatalog catalog;
    private final Files files;
    private final TokenCounts counts;
    private final JobStore store;
    private final WorkQueue queue;
    private final Events events;

    JobPreparation(
            ModelCatalog catalog, Files files, TokenCounts counts, JobStore store, WorkQueue queue, Events events) {
        this.catalog = catalog;
        this.files = files;
        this.counts = counts;
        this.store = store;
        this.queue = queue;
        this.events = events;
    }

    /**
     * Decides about a job in state VALIDATING if its files are counted, and asks for the counts if nobody has.
     *
     * @param jdbc a transaction of the job's tenant
     */
    void advance(JdbcClient jdbc, Job job) {
        try {
            BaseModel model = catalog.require(job.request().model());
            Optional<TokenReport> training =
                    report(jdbc, job, model, job.request().trainingFile(), "training_file");
            String validationFile = job.request().validationFile();
            boolean isValidationCounted = validationFile == null
                    || report(jdbc, job, model, validationFile, "validation_file")
                            .isPresent();
            if (training.isPresent() && isValidationCounted) {
                settle(jdbc, job, model, training.get());
            }
        } catch (Refusal refusal) {
            reject(jdbc, job, refusal);
        }
    }

    /** Begins counts that were asked for within a transaction that has ended. */
    void startCounting() {
        counts.startSoon();
    }

    private Optional<TokenReport> report(JdbcClient jdbc, Job job, BaseModel model, String fileId, String param) {
        StoredFile file = files.lockForUse(jdbc, fileId)
                .orElseThrow(() -> unusable("'" + fileId + "' was deleted or has expired; upload it again", param));
        if (file.status() == FileStatus.ERROR) {
            throw JobAdmission.invalidDataset(file, param);
        }
        int maxLength = SettingsResolver.maxLengthTokens(job.request(), JobAdmission.profileOf(model));
        TokenCount count = counts.count(jdbc, file, new TokenCounts.Question(model, maxLength));
        if (count.failureCode() != null) {
            throw unusable("'" + fileId + "' could not be tokenised: " + count.failureMessage(), param);
        }
        TokenReport report = count.report();
        if (report != null && !report.isTrainable()) {
            throw unusable(
                    "'" + fileId + "' has no row that '" + model.id() + "' can train on within " + maxLength
                            + " tokens: " + DatasetEvents.problems(report),
                    param);
        }
        return Optional.ofNullable(report);
    }

    private static Refusal unusable(String message, @Nullable String param) {
        return new Refusal(RefusalCode.DATASET_INVALID, message, param);
    }

    private void settle(JdbcClient jdbc, Job job, BaseModel model, TokenReport report) {
        if (!queue.ready(jdbc, job.work().id())) {
            return;
        }
        ResolvedSettings settings = SettingsResolver.resolve(
                job.request(), JobAdmission.profileOf(model), DatasetSize.of(report), job.seed());
        store.settle(jdbc, job.number(), settings);
        DatasetEvents.warnings(job.request().trainingFile(), report)
                .forEach(warning -> events.append(jdbc, job.number(), JobEvent.Level.WARN, warning));
        events.info(
                jdbc,
                job.number(),
                "Files validated, moving job to queued state: %d rows, %d tokens, %d steps, beta is 0 from step %d on"
                        .formatted(
                                report.rows(),
                                report.tokens(),
                                settings.training().totalSteps(),
                                settings.annealedAtStep()));
    }

    private void reject(JdbcClient jdbc, Job job, Refusal refusal) {
        WorkError error = WorkError.ofUser(refusal.code().wireName(), refusal.explanation(), refusal.parameter());
        if (queue.reject(jdbc, job.work().id(), error)) {
            events.append(jdbc, job.number(), JobEvent.Level.ERROR, "The job failed: " + refusal.explanation());
        }
    }
}
