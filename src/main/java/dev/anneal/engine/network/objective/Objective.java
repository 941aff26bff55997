package dev.anneal.engine.network.objective;

import dev.anneal.engine.network.torch.Tensor;
import java.util.function.Consumer;

/** What the pass of a micro-batch minimises. */
public sealed interface Objective {

    /** The sum of the trained tokens' negative log-likelihoods. */
    Objective LIKELIHOOD = new Likelihood();

    /**
     * The same, which tells what it is computed from.
     *
     * @param receiver receives the log-probabilities of an {@link OfLogProbabilities}, or the divergences, equal most
     *     likely tokens and overlaps of a {@link Distillation}, [3, M]; nothing otherwise
     */
    Objective telling(Consumer<float[]> receiver);

    /** See {@link #LIKELIHOOD}. */
    record Likelihood() implements Objective {

        @Override
        public Objective telling(Consumer<float[]> receiver) {
            return this;
        }
    }

    /** A function of the log-probabilities of the trained tokens. */
    non-sealed interface OfLogProbabilities extends Objective {

        /**
         * @param logProbabilities of the trained tokens, row after row, nats
         * @return derivatives with respect to each of them
         */
        float[] derivatives(float[] logProbabilities);

        @Override
        default Objective telling(Consumer<float[]> receiver) {
            return (OfLogProbabilities) logProbabilities -> {
                receiver.accept(logProbabilities);
                return derivatives(logProbabilities);
            };
        }
    }

    /**
     * The sum of the divergences from a target's next-token distributions at the trained positions (Hinton et al. 2015;
     * for drafts Zhou et al. 2024, "DistillSpec").
     *
     * @param states the target's normed hidden states at the trained positions, [M, H']
     * @param embedding the target's output embedding, [V, H']
     * @param receiver receives divergences, equal most likely tokens and overlaps, [3, M]
     */
    record Distillation(Tensor states, Tensor embedding, DistillationLoss loss, Consumer<float[]> receiver)
            implements Objective {

        @Override
        public Distillation telling(Consumer<float[]> other) {
            return new Distillation(states, embedding, loss, other);
        }
    }
}
