package dev.anneal.service.training.http;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.rows.ValidationReport;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.outlook.ExpectedDuration;
import dev.anneal.service.training.outlook.JobEstimate;
import dev.anneal.service.training.settings.Hyperparameters;
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
        @JsonUnwrapped Plan plan,
        @JsonUnwrapped(prefix = "duration_") ExpectedDuration duration,
        int devices,
        @Nullable Double deviceHours,
        @Nullable Instant expectedStart,
        List<String> warnings,
        @Nullable ValidationReport validationReport,
        @Nullable TokenReport tokenReport) {

    /** The steps and what they read. */
    record Plan(
            @Nullable Integer rows,
            @Nullable Long tokens,
            @Nullable Long sharedTokens,
            @Nullable Double completionTokens,
            @Nullable Integer totalSteps,
            @Nullable Integer annealedAtStep,
            @Nullable MemoryEstimate memory) {

        private static final Plan UNKNOWN = new Plan(null, null, null, null, null, null, null);

        static Plan of(ResolvedSettings settings) {
            return new Plan(
                    settings.data().rows(),
                    settings.expectedTokens(),
                    settings.expectedSharedTokens(),
                    settings.expectedCompletionTokens(),
                    settings.training().totalSteps(),
                    settings.annealedAtStep(),
                    settings.memory());
        }
    }

    static EstimateBody of(JobEstimate estimate) {
        JobRequest request = estimate.request();
        ResolvedSettings settings = estimate.settings();
        Hyperparameters hyperparameters = settings == null ? request.hyperparameters() : settings.hyperparameters();
        return new EstimateBody(
                "fine_tuning.estimate",
                request.namedModel(),
                settings != null,
                hyperparameters.toWire(),
                request.adapter(),
                settings == null ? Plan.UNKNOWN : Plan.of(settings),
                estimate.duration(),
                request.options().devices(),
                estimate.deviceHours(),
                estimate.expectedStart(),
                estimate.warnings(),
                estimate.validationReport(),
                estimate.tokenReport());
    }
}
