package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What differs between training methods in the service: how it reads, plans, shows and judges a training. {@link TrainingMethods} lists all. */
public abstract class MethodRules<M extends TrainingMethod> {

    final String name;
    final double learningRateShare;
    private final DatasetFormat format;

    /** @param learningRateShare share of the base model's learning rate that the multiplier 1 stands for */
    MethodRules(String name, DatasetFormat format, double learningRateShare) {
        this.name = name;
        this.format = format;
        this.learningRateShare = learningRateShare;
    }

    /**
     * What a job learns from, with the hyperparameters that every method has.
     *
     * @param evaluationInterval steps, where the method's hyperparameters say them
     */
    record Read(
            TrainingMethod method,
            Hyperparameters hyperparameters,
            @Nullable Integer evaluationInterval) {}

    /** The rows that the method trains on. */
    public DatasetFormat format() {
        return format;
    }

    /**
     * Reads what a request says of the method.
     *
     * @param body the whole request
     * @param own the object under the method's name in the request's {@code method}
     * @param anneal the request's {@code anneal} object
     */
    abstract Read read(StrictObject body, StrictObject own, StrictObject anneal);

    /** The hyperparameters that every method has. */
    static Hyperparameters hyperparameters(StrictObject given) {
        return new Hyperparameters(
                given.wholeNumberOrAuto("batch_size", 1, 256),
                given.numberOrAuto("learning_rate_multiplier", value -> value > 0, "above 0"),
                given.wholeNumberOrAuto("n_epochs", 1, 50));
    }

    /** Refuses keys that only the method {@code supervised} has. */
    void refuseSupervisedOnly(StrictObject body, StrictObject anneal) {
        if (body.has("hyperparameters")) {
            throw Refusal.invalidValue(
                    "hyperparameters",
                    "'hyperparameters' at the top is the method 'supervised's; give 'method.%s.hyperparameters'"
                            .formatted(name));
        }
        if ("none".equals(anneal.text("adapter"))) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    "'anneal.adapter' is 'none', but the method '%s' trains adapters alone; leave it out, or use the method 'supervised'"
                            .formatted(name));
        }
        if (Boolean.TRUE.equals(anneal.flag("packing"))) {
            throw Refusal.invalidValue(
                    "anneal.packing",
                    "'anneal.packing' is true, but a batch of the method '%s' counts whole rows of its file; leave it out"
                            .formatted(name));
        }
    }

    /** The sequences that a row is trained as. */
    SequenceShape shape(M method, int contextTokens) {
        return new SequenceShape(1, 1, 0, contextTokens, 1, 0, 0, 0);
    }

    /**
     * Hyperparameters that no other method has, as the API shows them.
     *
     * @param evaluationInterval null as long as it is not known
     */
    public Map<String, Object> hyperparameters(M method, @Nullable Integer evaluationInterval) {
        return Map.of();
    }

    /** {@code anneal.loss} as the API shows it; null if the loss has no settings. */
    public @Nullable Map<String, Object> loss(M method) {
        return null;
    }

    /** {@code anneal.rollouts} as the API shows it; null if nothing is sampled. */
    public @Nullable Map<String, Object> rollouts(M method) {
        return null;
    }

    /** Whether the loss is the negative log-likelihood of the trained tokens, which has a gradient wherever there is something to learn. */
    public boolean isLossLikelihood() {
        return false;
    }

    /** Whether the loss falls while the model learns. */
    public boolean isLossFalling() {
        return true;
    }

    /** Why all steps of a training may lack a gradient, as the end of a sentence; empty if the method knows no reason. */
    public String causeOfNoGradient() {
        return "";
    }
}
