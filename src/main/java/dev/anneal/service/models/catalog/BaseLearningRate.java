package dev.anneal.service.models.catalog;

/**
 * Peak learning rate of an adapter by the size of its base model. Two values come from experiments: 4e-3 for the bundled model of 2.7
 * million weights, 2e-4 for models of 100 million and more. Between them the rate is interpolated in logarithms.
 */
final class BaseLearningRate {

    private static final double SMALL_PARAMETERS = 2.7e6;
    private static final double SMALL_RATE = 4e-3;
    private static final double LARGE_PARAMETERS = 1e8;
    private static final double LARGE_RATE = 2e-4;

    private BaseLearningRate() {}

    static double of(long parameters) {
        if (parameters <= SMALL_PARAMETERS) {
            return SMALL_RATE;
        }
        if (parameters >= LARGE_PARAMETERS) {
            return LARGE_RATE;
        }
        double share = Math.log(parameters / SMALL_PARAMETERS) / Math.log(LARGE_PARAMETERS / SMALL_PARAMETERS);
        double rate = SMALL_RATE * Math.pow(LARGE_RATE / SMALL_RATE, share);
        // The rule is no more precise than two digits.
        double unit = Math.pow(10, Math.floor(Math.log10(rate)) - 1);
        return Math.round(rate / unit) * unit;
    }
}
