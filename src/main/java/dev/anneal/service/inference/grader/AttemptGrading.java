package dev.anneal.service.inference.grader;

/** Prepares the answers to questions of the graders of trainings and evaluations. */
@FunctionalInterface
public interface AttemptGrading {

    /**
     * Reads the secrets of the work's graders, so that answers need no further read.
     *
     * @param tenantId whose graders ask
     * @throws SealedHeadersException if this process cannot open what is to be sent
     */
    GradingAnswers prepare(String tenantId, long workId);
}
