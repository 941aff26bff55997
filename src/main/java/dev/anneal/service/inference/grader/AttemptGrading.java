package dev.anneal.service.inference.grader;

/** Prepares to answer what the graders of trainings and evaluations ask. */
@FunctionalInterface
public interface AttemptGrading {

    /**
     * Reads what is kept for the work's graders, so that answers need nothing more of it.
     *
     * @param tenantId whose graders ask
     * @throws SealedHeadersException if this process cannot open what is to be sent
     */
    GradingAnswers prepare(String tenantId, long workId);
}
