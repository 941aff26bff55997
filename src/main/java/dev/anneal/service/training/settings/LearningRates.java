package dev.anneal.service.training.settings;

import dev.anneal.service.platform.refusal.Refusal;
import java.math.BigDecimal;
import java.math.MathContext;

/** Peak learning rates: the rate of a request's multiplier, and limits of effective rates. */
public final class LearningRates {

    /** A step moves a weight by about the rate: lower rates have no effect in any number of steps. */
    static final double LEAST = 1e-12;

    static final double GREATEST = 1;
    static final String RANGE = "from 1e-12 to 1";

    /** For products such as 5000 x 2e-4, which is not a whole number in binary. */
    private static final double ROUNDING = 1e-9;

    private LearningRates() {}

    static boolean isTrainable(double rate) {
        return rate >= LEAST * (1 - ROUNDING) && rate <= GREATEST * (1 + ROUNDING);
    }

    /** Peak rate of the multiplier 1. */
    static double base(JobRequest request, ModelProfile model) {
        return model.baseLearningRate(request.adapter()) * TrainingMethods.of(request.method()).learningRateShare;
    }

    static double of(JobRequest request, ModelProfile model) {
        Double absolute = request.options().learningRate();
        Double multiplier = request.hyperparameters().learningRateMultiplier();
        if (absolute != null) {
            return absolute;
        }
        return (multiplier == null ? 1 : multiplier) * base(request, model);
    }

    /** Refuses a multiplier or a ratio whose rate would be refused as {@code anneal.learning_rate}. */
    public static void check(JobRequest request, ModelProfile model) {
        double rate = of(request, model);
        if (!isTrainable(rate)) {
            double base = base(request, model);
            throw Refusal.invalidValue(
                    request.method().param("hyperparameters.learning_rate_multiplier"),
                    ("'learning_rate_multiplier' is %s, which times the base rate %s of '%s' is a learning rate of %s;"
                                    + " it must be %s, so give a multiplier from %s to %s")
                            .formatted(
                                    shown(rate / base),
                                    shown(base),
                                    model.id(),
                                    shown(rate),
                                    RANGE,
                                    shown(LEAST / base),
                                    shown(GREATEST / base)));
        }
        double ratio = request.options().loraPlusRatio();
        if (!isTrainable(rate * ratio)) {
            throw Refusal.invalidValue(
                    "anneal.lora_plus_ratio",
                    ("'anneal.lora_plus_ratio' is %s, with which B's learning rate is %s; it must be at most 1,"
                                    + " so at the learning rate %s give a ratio of at most %s")
                            .formatted(shown(ratio), shown(rate * ratio), shown(rate), shown(GREATEST / rate)));
        }
    }

    /** Six significant digits, without trailing or leading zeros. */
    private static String shown(double value) {
        BigDecimal rounded = new BigDecimal(value, new MathContext(6)).stripTrailingZeros();
        return value >= 1e-6 && value < 1e9 ? rounded.toPlainString() : rounded.toString();
    }
}
