package dev.anneal.service.training.settings;

import dev.anneal.engine.text.rows.DatasetFormat;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The service's rules of a training method: request parsing, planning, API representation and warnings.
 * {@link TrainingMethods} lists all.
 */
public abstract class MethodRules<M extends TrainingMethod> {

    /** Other trainers have it here. */
    private static final String LEARNING_RATE = "learning_rate";

    final String name;
    final double learningRateShare;
    private final DatasetFormat format;

    /**
     * @param learningRateShare share of the base model's learning rate for the multiplier 1
     */
    MethodRules(String name, DatasetFormat format, double learningRateShare) {
        this.name = name;
        this.format = format;
        this.learningRateShare = learningRateShare;
    }

    /**
     * A method with the hyperparameters common to all methods.
     *
     * @param evaluationInterval steps, if set by the method's hyperparameters
     * @param draft the models of a draft's training; null for other methods, which train the request's {@code model}
     */
    record Read(
            TrainingMethod method,
            Hyperparameters hyperparameters,
            @Nullable Integer evaluationInterval,
            @Nullable Draft draft) {

        Read(TrainingMethod method, Hyperparameters hyperparameters, @Nullable Integer evaluationInterval) {
            this(method, hyperparameters, evaluationInterval, null);
        }
    }

    /**
     * Models that the training of a draft names.
     *
     * @param trained base model that is trained, or a tuned model of it
     * @param begunWith tuned draft that is trained further; null to begin anew
     * @param head shape of the head as far as the request says
     */
    record Draft(String trained, @Nullable String begunWith, HeadRequest head) {}

    /** Format of the rows that the method trains on. */
    public DatasetFormat format() {
        return format;
    }

    /**
     * Reads the method of a request.
     *
     * @param body the whole request
     * @param own the object under the method's name in the request's {@code method}
     * @param anneal the request's {@code anneal} object
     */
    abstract Read read(StrictObject body, StrictObject own, StrictObject anneal);

    /** Reads the hyperparameters common to all methods, and refuses others that were not read before. */
    static Hyperparameters hyperparameters(StrictObject given) {
        Hyperparameters read = given.read(Hyperparameters.class);
        if (given.has(LEARNING_RATE)) {
            throw given.unknown(LEARNING_RATE, "anneal." + LEARNING_RATE);
        }
        given.refuseOthers();
        return read;
    }

    /** Refuses {@code hyperparameters} at the top, which only the method {@code supervised} has. */
    void refuseDeprecated(StrictObject body) {
        if (body.has("hyperparameters")) {
            throw Refusal.invalidValue(
                    "hyperparameters",
                    "'hyperparameters' at the top is the method 'supervised's; give 'method.%s.hyperparameters'"
                            .formatted(name));
        }
    }

    /** Refuses keys that only the method {@code supervised} has. */
    void refuseSupervisedOnly(StrictObject body, StrictObject anneal) {
        refuseDeprecated(body);
        if ("none".equals(anneal.text("adapter"))) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    ("'anneal.adapter' is 'none', but the method '%s' trains adapters alone; leave it out, or use"
                                    + " the method 'supervised'")
                            .formatted(name));
        }
        if (Boolean.TRUE.equals(anneal.flag("packing"))) {
            throw Refusal.invalidValue(
                    "anneal.packing",
                    ("'anneal.packing' is true, but a batch of the method '%s' counts whole rows of its file;"
                                    + " leave it out")
                            .formatted(name));
        }
    }

    /** Profile of what is trained: the base model, or a head on it. */
    public ModelProfile trained(M method, ModelProfile base) {
        return base;
    }

    /** Profile of the draft of rollouts: its base model, or a head on it. */
    public ModelProfile drafting(M method, ModelProfile base) {
        throw new IllegalArgumentException(name + " has no rollouts");
    }

    /** The method with the settings that depend on the target of a draft. */
    public TrainingMethod fitted(M method, ModelProfile target) {
        return method;
    }

    /** The rows that are trained, if not those of the file. */
    DatasetSize rows(M method, DatasetSize file) {
        return file;
    }

    /**
     * What is generated beside the steps.
     *
     * @param validations number of validations
     */
    GeneratedTokens generated(M method, DatasetSize data, int validations) {
        return GeneratedTokens.NONE;
    }

    /** Memory of what the target of a draft computes once and is kept. */
    long cachedBytes(M method, ModelProfile target, EngineSetup engine, DatasetSize data) {
        return 0;
    }

    /** The sequences made from a row. */
    SequenceShape shape(M method, int contextTokens) {
        return SequenceShape.ofRows(1, contextTokens, 0);
    }

    /**
     * Hyperparameters specific to the method, for the API.
     *
     * @param evaluationInterval null until it is known
     */
    public Map<String, Object> hyperparameters(M method, @Nullable Integer evaluationInterval) {
        return Map.of();
    }

    /** Whether OpenAI's API has the method, so that its strict clients read it. */
    public boolean isOpenAis() {
        return true;
    }

    /** Keys of the method's object beside hyperparameters and grader, for the API. */
    public Map<String, @Nullable Object> parameters(M method, JobRequest request) {
        return Map.of();
    }

    /** Warnings about a request that is valid but lacks something. */
    public List<String> warnings(M method, JobRequest request) {
        return List.of();
    }

    /** {@code anneal.loss} for the API; null if the loss has no settings. */
    public @Nullable Map<String, Object> loss(M method) {
        return null;
    }

    /** {@code anneal.rollouts} for the API; null if nothing is sampled. */
    public @Nullable Map<String, Object> rollouts(M method) {
        return null;
    }

    /**
     * Whether the loss is the negative log-likelihood of the trained tokens, whose gradient vanishes only when nothing
     * is left to learn.
     */
    public boolean isLossLikelihood() {
        return false;
    }

    /** Whether the loss falls while the model learns. */
    public boolean isLossFalling() {
        return true;
    }

    /** Why all steps of a training may lack a gradient, as the end of a sentence; empty if there is no known reason. */
    public String causeOfNoGradient() {
        return "";
    }
}
