package dev.anneal.service.training.settings;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for a fine-tuning job. Each value is valid by itself, but not yet checked against model and files.
 *
 * @param model base model that is trained; of a draft, until the request is admitted, possibly a tuned model of it
 * @param method method with defaults filled in
 * @param seed seed; null to draw one
 * @param adapter settings with defaults filled in, and with those of the initial adapter once it is found; null trains all weights
 * @param initialAdapter adapter to start from, or null
 */
public record JobRequest(
        String model,
        String trainingFile,
        @Nullable String validationFile,
        @Nullable String suffix,
        @Nullable Integer seed,
        Map<String, String> metadata,
        TrainingMethod method,
        Hyperparameters hyperparameters,
        @Nullable AdapterSettings adapter,
        @Nullable InitialAdapter initialAdapter,
        TrainingOptions options) {

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
     * @param asked the request's settings of the adapter
     */
    public record InitialAdapter(String id, AdapterRequest asked) {}

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
                seed,
                metadata,
                method.method(),
                method.hyperparameters(),
                adapter == null ? null : adapter.settings(),
                adapter == null || initialAdapter == null ? null : new InitialAdapter(initialAdapter, adapter),
                options);
    }

    private static @Nullable String suffix(StrictObject body) {
        String suffix = body.text("suffix");
        if (suffix != null && !SUFFIX.matcher(suffix).matches()) {
            throw body.invalid(
                    "suffix",
                    "must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit, as it becomes part of the model's name",
                    suffix);
        }
        return suffix;
    }

    private static void refuseIntegrations(StrictObject body) {
        if (body.arraySize("integrations") > 0) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    "'integrations' names a tracker, and this version reports to none; leave it out and read the series from"
                            + " /v1/fine_tuning/jobs/{id}/metrics",
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

    /** The same request of a draft, with the base model that is trained and a method that fits its target. */
    public JobRequest drafting(String base, TrainingMethod fitted) {
        return with(base, fitted, adapter);
    }

    /**
     * The request with the settings of the adapter that {@link #initialAdapter} names.
     *
     * @throws dev.anneal.service.platform.refusal.Refusal if the request contradicts them
     */
    public JobRequest beginningWith(AdapterSettings initial) {
        InitialAdapter named = Objects.requireNonNull(initialAdapter, "the request names an initial adapter");
        return with(model, method, named.asked().continuing(initial, named.id()));
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
