package dev.anneal.engine.train;

/**
 * Factor by which each step multiplies the peak learning rate, as transformers defines it: it rises linearly from 0
 * over the warm-up, then follows the shape.
 *
 * @param warmupSteps steps of the warm-up; if there are any, step 0 has the rate 0
 */
record LearningRateSchedule(Shape shape, int warmupSteps, int totalSteps) {

    /** The curve after the warm-up. */
    enum Shape {
        LINEAR,
        COSINE,
        CONSTANT
    }

    /** @param step counted from 0 */
    double factorAt(int step) {
        if (step < warmupSteps) {
            return (double) step / warmupSteps;
        }
        int span = Math.max(1, totalSteps - warmupSteps);
        return switch (shape) {
            case CONSTANT -> 1;
            case LINEAR -> Math.max(0, (double) (totalSteps - step) / span);
            case COSINE -> Math.max(0, (1 + Math.cos(Math.PI * ((double) (step - warmupSteps) / span))) / 2);
        };
    }
}
