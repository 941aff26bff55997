package dev.anneal.service.training.settings;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for a fine-tuning job. Each value is valid by itself, but not yet checked against model and files.
 *
 * @param model base model that is trained; of a draft, until the request is admitted, possibly a tuned model of it
 * @param method method with defaults filled in
 * @param seed seed of the request, or one that was drawn
 * @param adapter settings with defaults filled in, and with those of the initial adapter once it is found; null trains
 *     all weights
 * @param initialAdapter adapter to start from, or null
 */
public record JobRequest(
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        int seed,
        Map<String, String> metadata,
        TrainingMethod method,
        Hyperparameters hyperparameters,
        @Nullable AdapterSettings adapter,
        @Nullable InitialAdapter initialAdapter,
        TrainingOptions options) {

    private static final SecureRandom SEEDS = new SecureRandom();

    /** The suffix becomes part of a model name, which contains no slash, colon or white space. */
    private static final Pattern SUFFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Requests stored before other methods existed have no method. */
    public JobRequest {
        method = Objects.requireNonNullElseGet(method, TrainingMethod.Supervised::new);
        metadata = Map.copyOf(metadata);
    }

    /**
     * The adapter that a training starts from.
     *
     * @param id id of a job, checkpoint, export, tuned model or uploaded file
     * @param asked the request's settings of the adapter; null if it asks for none, so that all weights of a draft are
     *     trained further
     * @param head what the request says of a draft's head
     */
    public record InitialAdapter(
            String id,
            @Nullable AdapterRequest asked,
            @Nullable HeadRequest head) {}

    /** Reads the body of {@code POST /v1/fine_tuning/jobs}: OpenAI's keys, {@code afa_lora} and {@code anneal}. */
    public static JobRequest read(StrictObject body) {
        String named = body.requiredText("model");
        String trainingFile = body.requiredText("training_file");
        String validationFile = body.text("validation_file");
        String suffix = suffix(body);
        Integer seed = body.wholeNumber("seed", 0, Integer.MAX_VALUE);
        Map<String, String> metadata = body.metadata("metadata");
        StrictObject anneal = body.objectOrEmpty("anneal");
        MethodRules.Read method = TrainingMethods.read(body, anneal);
        refuseIntegrations(body);
        AdapterRequest adapter = AdapterRequest.read(body, anneal);
        MethodRules.Draft draft = method.draft();
        String initialAdapter = draft == null ? anneal.text("init_adapter") : draft.begunWith();
        TrainingOptions options = TrainingOptions.read(anneal, method);
        body.refuseOthers();
        return new JobRequest(
                draft == null ? named : draft.trained(),
                trainingFile,
                validationFile,
                suffix,
                seed == null ? SEEDS.nextInt(Integer.MAX_VALUE) : seed,
                metadata,
                method.method(),
                method.hyperparameters(),
                adapter == null ? null : adapter.settings(),
                initialAdapter == null
                        ? null
                        : new InitialAdapter(initialAdapter, adapter, draft == null ? null : draft.head()),
                options);
    }

    private static @Nullable String suffix(StrictObject body) {
        String suffix = body.text("suffix");
        if (suffix != null && !SUFFIX.matcher(suffix).matches()) {
            throw body.invalid(
                    "suffix",
                    "must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit, as it becomes"
                            + " part of the model's name",
                    suffix);
        }
        return suffix;
    }

    private static void refuseIntegrations(StrictObject body) {
        if (body.arraySize("integrations") > 0) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    "'integrations' names a tracker, and this version reports to none; leave it out and read the"
                            + " series from /v1/fine_tuning/jobs/{id}/metrics",
                    "integrations");
        }
    }

    /** The request's {@code model}: the target of a draft, otherwise the trained model. */
    public String namedModel() {
        return Objects.requireNonNullElse(method.verifiedBy(), model);
    }

    /** The key of the request that names the initial adapter. */
    public String initialAdapterParam() {
        return method.verifiedBy() == null ? "anneal.init_adapter" : method.param(DraftMethod.DRAFT_MODEL);
    }

    /** The same request with another method. */
    public JobRequest with(TrainingMethod other) {
        return with(model, other, adapter);
    }

    /** The same request, with the draft of its rollouts as it was found. */
    public JobRequest draftedBy(TrainingMethod.RolloutDraft draft) {
        return with(((TrainingMethod.Reinforcement) method).with(draft));
    }

    /** The same request, with an adapter whose groups of signs fit what is trained. */
    public JobRequest fitting(ModelProfile trained) {
        return adapter == null ? this : with(model, method, trained.fitted(adapter));
    }

    /** The same request of a draft, with the base model that is trained and a method that fits its target. */
    public JobRequest drafting(String base, ModelProfile target) {
        return with(base, TrainingMethods.of(method).fitted(method, target), adapter);
    }

    /**
     * The request with the settings of the adapter that {@link #initialAdapter} names, and with the shape of the head
     * that it is trained on.
     *
     * @param initial null if the named draft has none, because all its weights were trained
     * @param earlier the named draft's method; null if the adapter was uploaded
     * @throws Refusal if the request contradicts them
     */
    public JobRequest beginningWith(@Nullable AdapterSettings initial, @Nullable TrainingMethod earlier) {
        InitialAdapter named = Objects.requireNonNull(initialAdapter, "the request names an initial adapter");
        AdapterSettings continued = initial == null ? noAdapter(named) : adapter(named, initial);
        return with(model, method(named, earlier), continued);
    }

    private TrainingMethod method(InitialAdapter named, @Nullable TrainingMethod earlier) {
        return named.head() != null
                        && method instanceof SpeculativeDraft own
                        && earlier instanceof SpeculativeDraft first
                        && own.head() != null
                        && first.head() != null
                ? own.with(named.head().continuing(own.head(), first.head(), named.id()))
                : method;
    }

    private static AdapterSettings adapter(InitialAdapter named, AdapterSettings initial) {
        AdapterRequest asked = named.asked();
        if (asked == null) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    ("'anneal.adapter' is 'none', but '%s' has an adapter ('%s'), which is trained further; leave"
                                    + " 'anneal.adapter' out")
                            .formatted(named.id(), AdapterRequest.name(initial.activation())));
        }
        return asked.continuing(initial, named.id());
    }

    private @Nullable AdapterSettings noAdapter(InitialAdapter named) {
        AdapterRequest asked = named.asked();
        if (asked != null && !asked.isOpen()) {
            throw Refusal.invalidValue(
                    "anneal.adapter",
                    ("'anneal.adapter' is '%s', or 'afa_lora' asks for an adapter, but all weights of '%s' were"
                                    + " trained ('none') and are trained further; leave both out")
                            .formatted(AdapterRequest.name(asked.activation()), named.id()));
        }
        if (options.loraPlusRatio() != 1) {
            throw Refusal.invalidValue(
                    "anneal.lora_plus_ratio",
                    ("'anneal.lora_plus_ratio' is %s, but all weights of '%s' were trained and are trained"
                                    + " further, without an adapter; leave it out")
                            .formatted(options.loraPlusRatio(), named.id()));
        }
        return null;
    }

    private JobRequest with(String otherModel, TrainingMethod otherMethod, @Nullable AdapterSettings otherAdapter) {
        return new JobRequest(
                otherModel,
                trainingFile,
                validationFile,
                suffix,
                seed,
                metadata,
                otherMethod,
                hyperparameters,
                otherAdapter,
                initialAdapter,
                options);
    }
}
