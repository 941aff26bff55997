package dev.anneal.service.training.admission;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.settings.JobRequest;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.springframework.dao.DataIntegrityViolationException;

/**
 * Refusals of a job whose checkpoint was deleted after it was found, which foreign keys discover: those that it gets a
 * moment later.
 */
final class DeletedMeanwhile {

    private DeletedMeanwhile() {}

    /**
     * Inserts a job.
     *
     * @throws Refusal if a checkpoint that the request names has been deleted since it was found
     */
    static long refused(JobRequest request, LongSupplier insertion) {
        try {
            return insertion.getAsLong();
        } catch (DataIntegrityViolationException e) {
            throw refusal(e, request).map(RuntimeException.class::cast).orElse(e);
        }
    }

    /** Empty if something else is violated. */
    private static Optional<Refusal> refusal(DataIntegrityViolationException failure, JobRequest request) {
        String message = String.valueOf(failure.getMostSpecificCause().getMessage());
        if (message.contains("job_target_checkpoint_id_fkey")) {
            return Optional.of(gone(RefusalCode.MODEL_NOT_AVAILABLE, "model", request.namedModel()));
        }
        if (message.contains("job_draft_checkpoint_id_fkey")) {
            return Optional.of(gone(
                    RefusalCode.MODEL_NOT_FOUND,
                    TrainingModels.DRAFT,
                    String.valueOf(request.method().draftedBy())));
        }
        if (message.contains("job_init_checkpoint_id_fkey")) {
            String named = Objects.requireNonNull(request.initialAdapter()).id();
            return Optional.of(gone(RefusalCode.INVALID_VALUE, request.initialAdapterParam(), named));
        }
        return Optional.empty();
    }

    private static Refusal gone(RefusalCode code, String param, String named) {
        return new Refusal(code, "'%s' names '%s', but there is no such thing any more".formatted(param, named), param);
    }
}
