package dev.anneal.service.training.http;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.training.job.Job;
import dev.anneal.service.training.outlook.JobInsight;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The object {@code fine_tuning.job}. All of OpenAI's keys are always present, because clients do not check for them;
 * additional fields are in {@code afa_lora} and {@code anneal}.
 */
record JobBody(
        String id,
        String object,
        Instant createdAt,
        @Nullable WorkError error,
        @Nullable String fineTunedModel,
        @Nullable Instant finishedAt,
        Map<String, Object> hyperparameters,
        String model,
        String organizationId,
        List<String> resultFiles,
        String status,
        @Nullable Long trainedTokens,
        String trainingFile,
        @Nullable String validationFile,
        int seed,
        @Nullable Instant estimatedFinish,
        List<Object> integrations,
        @Nullable Map<String, Object> method,
        @Nullable Map<String, String> metadata,
        @Nullable String userProvidedSuffix,
        @Nullable AdapterSettings afaLora,
        AnnealBody anneal) {

    /** @param isExtended whether the client knows statuses that OpenAI's SDKs do not */
    static JobBody of(JobInsight insight, boolean isExtended) {
        Job job = insight.job();
        Job.Result result = job.result();
        Map<String, String> metadata = job.request().metadata();
        return new JobBody(
                job.id(),
                "fine_tuning.job",
                job.createdAt(),
                job.work().error(),
                result == null ? null : result.fineTunedModel(),
                job.work().finishedAt(),
                MethodBody.hyperparameters(job),
                job.request().namedModel(),
                job.tenantId(),
                result == null ? List.of() : List.of(result.resultFile()),
                JobStates.status(job.work(), isExtended),
                result == null ? null : (Long) result.trainedTokens(),
                job.request().trainingFile(),
                job.request().validationFile(),
                job.request().seed(),
                insight.estimatedFinish(),
                List.of(),
                MethodBody.inOpenAiTypes(job),
                metadata.isEmpty() ? null : metadata,
                job.request().suffix(),
                job.request().adapter(),
                AnnealBody.of(insight));
    }
}
