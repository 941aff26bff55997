package dev.anneal.service.training.outlook;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.service.files.Files;
import dev.anneal.service.files.StoredFile;
import dev.anneal.service.files.check.TokenCount;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.admission.DatasetEvents;
import dev.anneal.service.training.admission.JobAdmission;
import dev.anneal.service.training.history.CompletionLengths;
import dev.anneal.service.training.job.AdmittedJob;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Dry runs: the same answers and refusals as the creation of a job, without creating one. */
@Component
public final class JobEstimates {

    private final JobAdmission admission;
    private final Files files;
    private final CountWaits waits;
    private final QueueOutlook outlook;
    private final CompletionLengths lengths;
    private final Clock clock;

    JobEstimates(
            JobAdmission admission,
            Files files,
            CountWaits waits,
            QueueOutlook outlook,
            CompletionLengths lengths,
            Clock clock) {
        this.admission = admission;
        this.files = files;
        this.waits = waits;
        this.outlook = outlook;
        this.lengths = lengths;
        this.clock = clock;
    }

    /**
     * Waits up to five seconds, without a thread, for a file that has not been counted for this model before; not at
     * all if many requests of the tenant wait already.
     *
     * @throws Refusal if the request is at fault; a file that is found to be at fault later fails the future
     */
    public CompletableFuture<JobEstimate> estimate(String tenantId, JobRequest asked) {
        AdmittedJob admitted = admission.check(tenantId, asked);
        return waits.count(tenantId, admitted.request().trainingFile(), admitted.tokenQuestion())
                .thenApply(count -> estimate(tenantId, admitted, count));
    }

    private JobEstimate estimate(String tenantId, AdmittedJob admitted, TokenCount count) {
        JobRequest request = admitted.request();
        if (count.isServiceFault()) {
            throw new Refusal(
                    RefusalCode.SERVICE_UNAVAILABLE,
                    "'" + request.trainingFile() + "' could not be tokenised: " + count.failureMessage());
        }
        if (count.failureCode() != null) {
            throw new Refusal(
                    count.isStalled() ? RefusalCode.RENDERING_STALLED : RefusalCode.DATASET_INVALID,
                    "'" + request.trainingFile() + "' could not be tokenised: " + count.failureMessage(),
                    "training_file");
        }
        String validation = request.validationFile();
        AdmittedJob now = admitted.with(
                files.require(tenantId, request.trainingFile()),
                validation == null ? null : files.require(tenantId, validation));
        return estimate(now, count.report());
    }

    private JobEstimate estimate(AdmittedJob admitted, @Nullable TokenReport report) {
        JobRequest request = admitted.request();
        StoredFile file = admitted.trainingFile();
        List<String> warnings = DatasetEvents.of(admitted.files(), request, report);
        if (report == null || !report.isTrainable()) {
            return new JobEstimate(request, file.report(), report, null, warnings, ExpectedDuration.UNKNOWN, null);
        }
        Double completion = lengths.mean(file.tenantId(), request);
        ResolvedSettings settings = admitted.resolve(report, outlook.engine(), completion);
        boolean isOpen = completion == null && settings.cost().completions() != null;
        ExpectedDuration duration = outlook.duration(request.model(), Remaining.all(request, settings), isOpen)
                .orElse(ExpectedDuration.UNKNOWN);
        List<String> all = new ArrayList<>(ofRange(duration, isOpen, settings, request));
        all.addAll(warnings);
        return new JobEstimate(request, file.report(), report, settings, all, duration, expectedStart(request));
    }

    /** Says why the duration is a range, if it is one. */
    private static List<String> ofRange(
            ExpectedDuration duration, boolean isOpen, ResolvedSettings settings, JobRequest request) {
        DurationRange range = duration.range();
        if (range == null) {
            return List.of();
        }
        String seconds = "%,.0f to %,.0f seconds".formatted(range.fromSeconds(), range.toSeconds());
        List<String> warnings = new ArrayList<>();
        if (isOpen) {
            warnings.add(("How long the completions of '%s' will be is not known, because no reinforcement job of this"
                            + " project has sampled any: %,.0f tokens each are assumed, and the job can take anything"
                            + " from %s")
                    .formatted(request.namedModel(), settings.expectedCompletionTokens(), seconds));
        }
        if (duration.basis() == ExpectedDuration.Basis.GUESS) {
            warnings.add(("The duration of %s is a guess from the speeds of common processors, because no recent job"
                            + " here was trained in %s: it becomes an estimate after the first one")
                    .formatted(seconds, settings.cost().precision()));
        }
        return warnings;
    }

    private @Nullable Instant expectedStart(JobRequest request) {
        OptionalDouble seconds = outlook.secondsUntilStart(request.options().devices());
        return seconds.isEmpty() ? null : clock.instant().plusMillis(Math.round(seconds.getAsDouble() * 1000));
    }
}
