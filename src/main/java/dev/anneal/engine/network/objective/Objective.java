package dev.anneal.engine.network.objective;

import dev.anneal.engine.network.torch.Tensor;
import java.util.function.Consumer;

/** What the pass of a micro-batch minimises. */
public sealed interface Objective {

    /** The sum of the trained tokens' negative log-likelihoods. */
    Objective LIKELIHOOD = new Likelihood();

    /** See {@link #LIKELIHOOD}. */
    record Likelihood() implements Objective {}

    /** A function of the log-probabilities of the trained tokens. */
    non-sealed interface OfLogProbabilities extends Objective {

        /**
         * @param logProbabilities of the trained tokens, row after row, nats
         * @return derivatives with respect to each of them
         */
        float[] derivatives(float[] logProbabilities);
    }

    /**
     * The sum of the divergences from a target's next-token distributions at the trained positions (Hinton et al. 2015;
     * for drafts Zhou et al. 2024, "DistillSpec").
     *
     * @param states the target's normed hidden states at the trained positions, [M, H']
     * @param embedding the target's output embedding, [V, H']
     * @param receiver receives how far draft and target agree
     */
    record Distillation(Tensor states, Tensor embedding, DistillationLoss loss, Consumer<Agreement> receiver)
            implements Objective {}
}
