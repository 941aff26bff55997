package dev.anneal.service.models.catalog;

/**
 * Peak learning rate of an adapter by the hidden size of its base model: 4e-3 x (192 / hidden size)<sup>0.83</sup>. The
 * two points that it goes through are the best rates of docs/evidence.md or half of them: 4e-3 for the bundled model of
 * 192, 1.6e-3 for SmolLM2-135M of 576. From 2,048 to 8,192 it is within 15 % of what Schulman et al. (LoRA Without
 * Regret, 2025) found for Llama models: 5e-4 x (2000 / hidden size)<sup>0.78</sup>.
 */
final class BaseLearningRate {

    private static final int HIDDEN_SIZE = 192;
    private static final double RATE = 4e-3;
    private static final double EXPONENT = 0.83;

    private BaseLearningRate() {}

    /** Two significant digits: the rule is no more precise. */
    static double of(int hiddenSize) {
        double rate = RATE * Math.pow((double) HIDDEN_SIZE / Math.max(hiddenSize, HIDDEN_SIZE), EXPONENT);
        double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 1);
        return Math.round(rate / unit) * unit;
    }
}
