package dev.anneal.service.training.http;

import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.outlook.DurationRange;
import dev.anneal.service.training.outlook.ExpectedDuration;
import dev.anneal.service.training.outlook.JobEstimate;
import dev.anneal.service.training.settings.JobRequest;
import dev.anneal.service.training.settings.MemoryEstimate;
import dev.anneal.service.training.settings.ResolvedSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The object {@code fine_tuning.estimate}; numbers are null while the training file is still being counted. */
record EstimateBody(
        String object,
        String model,
        boolean complete,
        Map<String, Object> hyperparameters,
        @Nullable AdapterSettings afaLora,
        @Nullable Integer rows,
        @Nullable Long tokens,
        @Nullable Long sharedTokens,
        @Nullable Double completionTokens,
        @Nullable Integer totalSteps,
        @Nullable Integer annealedAtStep,
        @Nullable MemoryEstimate memory,
        @Nullable Double durationSeconds,
        ExpectedDuration.@Nullable Basis durationBasis,
        @Nullable DurationRange durationRange,
        @Nullable Instant expectedStart,
        List<String> warnings,
        @Nullable ValidationReport validationReport,
        @Nullable TokenReport tokenReport) {

    static EstimateBody of(JobEstimate estimate) {
        JobRequest request = estimate.request();
        ResolvedSettings settings = estimate.settings();
        ExpectedDuration duration = estimate.duration();
        boolean isComplete = settings != null;
        return new EstimateBody(
                "fine_tuning.estimate",
                request.namedModel(),
                isComplete,
                settings == null
                        ? request.hyperparameters().toWire()
                        : settings.hyperparameters().toWire(),
                request.adapter(),
                settings == null ? null : (Integer) settings.data().rows(),
                settings == null ? null : (Long) settings.expectedTokens(),
                settings == null ? null : (Long) settings.expectedSharedTokens(),
                settings == null ? null : settings.expectedCompletionTokens(),
                settings == null ? null : (Integer) settings.training().totalSteps(),
                settings == null ? null : (Integer) settings.annealedAtStep(),
                settings == null ? null : settings.memory(),
                duration == null ? null : duration.seconds(),
                duration == null ? null : duration.basis(),
                duration == null ? null : duration.range(),
                estimate.expectedStart(),
                estimate.warnings(),
                estimate.validationReport(),
                estimate.tokenReport());
    }
}
