package dev.anneal.service.training.admission;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.files.FileStatus;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.files.check.TokenCount;
import dev.anneal.service.files.check.TokenCounts;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.WorkQueue;
import dev.anneal.service.training.history.CompletionLengths;
import dev.anneal.service.training.history.Events;
import dev.anneal.service.training.history.JobEvent;
import dev.anneal.service.training.job.AdmittedJob;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.job.JobStore;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Takes a job from VALIDATING to QUEUED once the tokens of its files are counted, or to FAILED if they cannot be
 * trained on. Safe to repeat and to run in several processes: the queue accepts only one decision.
 */
@Component
final class JobPreparation {

    private static final String WAITS =
            "The job waits in validation because of %s: %s It goes on by itself when that is mended";

    private final JobAdmission admission;
    private final TokenCounts counts;
    private final JobStore store;
    private final WorkQueue queue;
    private final Events events;
    private final EngineSetups engines;
    private final CompletionLengths lengths;

    JobPreparation(
            JobAdmission admission,
            TokenCounts counts,
            JobStore store,
            WorkQueue queue,
            Events events,
            EngineSetups engines,
            CompletionLengths lengths) {
        this.admission = admission;
        this.counts = counts;
        this.store = store;
        this.queue = queue;
        this.events = events;
        this.engines = engines;
        this.lengths = lengths;
    }

    /**
     * Decides about a new job if its files are counted; otherwise requests the counts, even if earlier ones stalled or
     * failed because of the service. Requires a transaction of the job's tenant.
     *
     * @param job its internal key
     * @param work the key of its work
     */
    void begin(long job, long work, AdmittedJob admitted) {
        try {
            decide(job, work, admitted);
        } catch (Refusal refusal) {
            if (refusal.code().isServiceFault() || refusal.code() == RefusalCode.RENDERING_STALLED) {
                admitted.files().forEach(counts::forgetPassingFailures);
                begin(job, work, admitted);
            } else {
                reject(job, work, refusal);
            }
        }
    }

    /**
     * Decides about a job in state VALIDATING if its files are counted, otherwise requests missing counts. Requires a
     * transaction of the job's tenant.
     *
     * @return the fault it waits for, if the job's model is no longer available
     */
    Optional<WorkError> advance(Job job) {
        try {
            AdmittedJob admitted = admission.readmit(job);
            queue.awaitNothing(job.work().id());
            decide(job.number(), job.work().id(), admitted);
        } catch (Refusal refusal) {
            if (refusal.code().isModelAway()) {
                WorkError fault = WorkError.ofEnvironment(refusal.code().wireName(), refusal.explanation());
                if (queue.await(job.work().id(), fault)) {
                    events.append(job.number(), JobEvent.Level.WARN, WAITS.formatted(fault.code(), fault.message()));
                }
                return Optional.of(fault);
            }
            reject(job.number(), job.work().id(), refusal);
        }
        return Optional.empty();
    }

    private void decide(long job, long work, AdmittedJob admitted) {
        // First, and in the order of the files, because requests for counts lock rows.
        admitted.files().stream()
                .filter(file -> file.status() != FileStatus.ERROR)
                .forEach(file -> counts.countWithin(file, admitted.tokenQuestion()));
        Optional<TokenReport> training = report(admitted, admitted.trainingFile(), "training_file");
        StoredFile validationFile = admitted.validationFile();
        boolean isValidationCounted = validationFile == null
                || report(admitted, validationFile, "validation_file").isPresent();
        if (training.isPresent() && isValidationCounted) {
            settle(job, work, admitted, training.get());
        }
    }

    /** Starts counts that were requested in a transaction that has ended. */
    void startCounting() {
        counts.startSoon();
    }

    private Optional<TokenReport> report(AdmittedJob admitted, StoredFile file, String param) {
        if (file.status() == FileStatus.ERROR) {
            throw JobAdmission.invalidDataset(file, param);
        }
        FormatCheck.require(file, admitted.request().method(), param);
        TokenCounts.Question question = admitted.tokenQuestion();
        TokenCount count = counts.countWithin(file, question);
        if (count.isServiceFault()) {
            throw new Refusal(
                    RefusalCode.INTERNAL_ERROR,
                    "'" + file.id() + "' could not be tokenised: " + count.failureMessage());
        }
        if (count.isStalled()) {
            throw new Refusal(
                    RefusalCode.RENDERING_STALLED,
                    "'" + file.id() + "' could not be tokenised: " + count.failureMessage(),
                    param);
        }
        if (count.failureCode() != null) {
            throw unusable("'" + file.id() + "' could not be tokenised: " + count.failureMessage(), param);
        }
        TokenReport report = count.report();
        if (report != null && !report.isTrainable()) {
            throw unusable(
                    "'" + file.id() + "' has no row that '" + question.model().id() + "' can train on within "
                            + question.maxLength()
                            + " tokens: " + DatasetEvents.problems(report),
                    param);
        }
        return Optional.ofNullable(report);
    }

    private static Refusal unusable(String message, @Nullable String param) {
        return new Refusal(RefusalCode.DATASET_INVALID, message, param);
    }

    private void settle(long job, long work, AdmittedJob admitted, TokenReport report) {
        // First, because it refuses steps with too few rows, and only work that is being validated can be rejected.
        ResolvedSettings settings = admitted.resolve(report, engines.current(), lengths.mean(admitted.request()));
        if (!queue.ready(work)) {
            return;
        }
        store.settle(job, settings);
        DatasetEvents.of(admitted.files(), admitted.request(), report)
                .forEach(warning -> events.append(job, JobEvent.Level.WARN, warning));
        events.info(
                job,
                "Files validated, moving job to queued state: %d rows, %d tokens, %d steps, beta is 0 from step %d on"
                        .formatted(
                                report.rows(),
                                report.tokens(),
                                settings.training().totalSteps(),
                                settings.annealedAtStep()));
    }

    private void reject(long job, long work, Refusal refusal) {
        String code = refusal.code().wireName();
        WorkError error = refusal.code().isServiceFault()
                ? WorkError.ofSystem(code, refusal.explanation())
                : WorkError.ofUser(code, refusal.explanation(), refusal.parameter());
        if (queue.reject(work, error)) {
            events.append(job, JobEvent.Level.ERROR, "The job failed: " + refusal.explanation());
        }
    }
}
