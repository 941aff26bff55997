package dev.anneal.engine.network.model;

import java.util.Arrays;

/** The minimised function of the log-probabilities of a micro-batch's trained tokens. */
@FunctionalInterface
public interface Objective {

    /** The sum of the tokens' negative log-likelihoods. The head computes its gradient, so these derivatives are not used. */
    Objective LIKELIHOOD = logProbabilities -> {
        float[] derivatives = new float[logProbabilities.length];
        Arrays.fill(derivatives, -1);
        return derivatives;
    };

    /**
     * @param logProbabilities of the trained tokens, row after row, nats
     * @return derivatives with respect to each of them
     */
    float[] derivatives(float[] logProbabilities);
}
