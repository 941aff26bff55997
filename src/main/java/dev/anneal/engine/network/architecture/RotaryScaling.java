package dev.anneal.engine.network.architecture;

import java.util.List;
import java.util.Map;

/** How the frequencies of a rotary embedding are changed for texts longer than those a model first learned from. */
public sealed interface RotaryScaling {

    /**
     * Frequency of a pair of coordinates.
     *
     * @param frequency before it is changed
     * @param pair number of the pair in its head
     */
    double rescale(double frequency, int pair, Frequencies all);

    /** Factor of cosines and sines. */
    default double attentionFactor() {
        return 1;
    }

    /** Maximum length of a text that it holds for. */
    default int maxPositions() {
        return Integer.MAX_VALUE;
    }

    /** As transformers 5 writes it in {@code rope_parameters}. */
    Map<String, Object> keys();

    /**
     * The {@code width / 2} frequencies {@code theta^(-2 pair / width)}.
     *
     * @param width of the part of a head that is rotated
     */
    record Frequencies(double theta, int width) {

        double of(int pair) {
            return 1 / Math.pow(theta, 2.0 * pair / width);
        }

        /** The number, between those of pairs, of the frequency that turns so often in so many positions. */
        double turning(double turns, int positions) {
            return width * Math.log(positions / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
        }
    }

    /** Frequencies stay. */
    record None() implements RotaryScaling {

        @Override
        public Map<String, Object> keys() {
            return Map.of("rope_type", "default");
        }

        @Override
        public double rescale(double frequency, int pair, Frequencies all) {
            return frequency;
        }
    }

    /** All frequencies are divided by a factor. */
    record Linear(double factor) implements RotaryScaling {

        @Override
        public Map<String, Object> keys() {
            return Map.of("rope_type", "linear", "factor", factor);
        }

        @Override
        public double rescale(double frequency, int pair, Frequencies all) {
            return frequency / factor;
        }
    }

    /**
     * Llama 3.1's: wavelengths above {@code originalMaxPositions / lowFrequencyFactor} grow by {@code factor}, those
     * below {@code originalMaxPositions / highFrequencyFactor} stay, those between are interpolated.
     */
    record Llama3(double factor, double lowFrequencyFactor, double highFrequencyFactor, int originalMaxPositions)
            implements RotaryScaling {

        @Override
        public Map<String, Object> keys() {
            return Map.of(
                    "rope_type",
                    "llama3",
                    "factor",
                    factor,
                    "low_freq_factor",
                    lowFrequencyFactor,
                    "high_freq_factor",
                    highFrequencyFactor,
                    "original_max_position_embeddings",
                    originalMaxPositions);
        }

        @Override
        public double rescale(double frequency, int pair, Frequencies all) {
            double turns = originalMaxPositions * frequency / (2 * Math.PI);
            if (turns < lowFrequencyFactor) {
                return frequency / factor;
            }
            if (turns > highFrequencyFactor) {
                return frequency;
            }
            double smooth = (turns - lowFrequencyFactor) / (highFrequencyFactor - lowFrequencyFactor);
            return (1 - smooth) * frequency / factor + smooth * frequency;
        }
    }

    /**
     * YaRN (Peng et al. 2023, arXiv:2309.00071, section 3.2): frequencies that turn less than {@code slowTurns} times
     * in {@code originalMaxPositions} are divided by {@code factor}, those that turn more than {@code fastTurns} times
     * stay, those between are mixed by the number of their pair.
     *
     * @param truncates whether the ends of the mixture are rounded outwards to whole pairs
     * @param attentionFactor of cosines and sines
     */
    record Yarn(
            double factor,
            double fastTurns,
            double slowTurns,
            int originalMaxPositions,
            boolean truncates,
            double attentionFactor)
            implements RotaryScaling {

        /** Of a configuration that gives no more than these two. */
        static Yarn plain(double factor, int originalMaxPositions) {
            return new Yarn(factor, 32, 1, originalMaxPositions, true, attentionFactor(factor, 1));
        }

        /** Whether it is {@link #plain}. */
        public boolean isPlain() {
            return equals(plain(factor, originalMaxPositions));
        }

        /** Factor of cosines and sines by the paper's section 3.4, whose weight is 1. */
        static double attentionFactor(double factor, double weight) {
            return factor <= 1 ? 1 : 0.1 * weight * Math.log(factor) + 1;
        }

        @Override
        public Map<String, Object> keys() {
            return Map.of(
                    "rope_type",
                    "yarn",
                    "factor",
                    factor,
                    "beta_fast",
                    fastTurns,
                    "beta_slow",
                    slowTurns,
                    "truncate",
                    truncates,
                    "attention_factor",
                    attentionFactor,
                    "original_max_position_embeddings",
                    originalMaxPositions);
        }

        @Override
        public double rescale(double frequency, int pair, Frequencies all) {
            double first = all.turning(fastTurns, originalMaxPositions);
            double last = all.turning(slowTurns, originalMaxPositions);
            first = Math.max(truncates ? Math.floor(first) : first, 0);
            last = Math.min(truncates ? Math.ceil(last) : last, all.width() - 1);
            double width = last == first ? 0.001 : last - first;
            double interpolated = Math.min(Math.max((pair - first) / width, 0), 1);
            return frequency / factor * interpolated + frequency * (1 - interpolated);
        }
    }

    /**
     * LongRoPE (Ding et al. 2024, arXiv:2402.13753): each frequency is divided by a factor of its own. Texts longer
     * than {@code originalMaxPositions} have other factors; the engine computes shorter ones only.
     *
     * @param attentionFactor of cosines and sines
     */
    record LongRope(
            List<Double> shortFactors, List<Double> longFactors, int originalMaxPositions, double attentionFactor)
            implements RotaryScaling {

        public LongRope {
            shortFactors = List.copyOf(shortFactors);
            longFactors = List.copyOf(longFactors);
        }

        /** Factor of cosines and sines of a model for texts that are {@code factor} times as long. */
        static double attentionFactor(double factor, int originalMaxPositions) {
            return factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(originalMaxPositions));
        }

        @Override
        public int maxPositions() {
            return originalMaxPositions;
        }

        @Override
        public Map<String, Object> keys() {
            return Map.of(
                    "rope_type",
                    "longrope",
                    "short_factor",
                    shortFactors,
                    "long_factor",
                    longFactors,
                    "attention_factor",
                    attentionFactor,
                    "original_max_position_embeddings",
                    originalMaxPositions);
        }

        @Override
        public double rescale(double frequency, int pair, Frequencies all) {
            return frequency / shortFactors.get(pair);
        }
    }
}
