package dev.anneal.engine.model;

import org.jspecify.annotations.Nullable;

/** What the rows of a micro-batch are trained to minimise: a function of the log-probabilities of their trained tokens. */
@FunctionalInterface
public interface Objective {

    /** The sum of the tokens' negative log-likelihoods. */
    Objective LIKELIHOOD = logProbabilities -> null;

    /**
     * @param logProbabilities of the trained tokens, row after row, nats
     * @return derivatives with respect to each of them; null for -1 each
     */
    float @Nullable [] derivatives(float[] logProbabilities);
}
