package dev.anneal.service.inference.grader;

/** Prepares grading for trainings and evaluations. */
@FunctionalInterface
public interface AttemptGrading {

    /**
     * Reads the secrets of the work's graders, so that answers need no further database access.
     *
     * @param tenantId tenant of the graders
     * @throws SealedHeadersException if this process cannot decrypt the headers
     */
    GradingAnswers prepare(String tenantId, long workId);
}
