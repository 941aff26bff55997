package dev.anneal.service.training.settings;

import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the body of {@code POST /v1/fine_tuning/jobs}: OpenAI's keys, {@code afa_lora} and {@code anneal}. */
public final class JobRequestReader {

    /** The suffix becomes part of a model id, which holds neither slash nor colon nor white space. */
    private static final Pattern SUFFIX = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    private JobRequestReader() {}

    public static JobRequest read(StrictObject body) {
        String model = body.requiredText("model");
        String trainingFile = body.requiredText("training_file");
        String validationFile = body.text("validation_file");
        String suffix = suffix(body);
        Integer seed = body.wholeNumber("seed", 0, Integer.MAX_VALUE);
        Map<String, String> metadata = body.metadata("metadata");
        StrictObject anneal = body.objectOrEmpty("anneal");
        MethodReader.Read method = MethodReader.read(body, anneal);
        refuseIntegrations(body);
        AdapterRequest adapter = AdapterReader.read(body, anneal);
        String initialAdapter = anneal.text("init_adapter");
        TrainingOptions options = OptionsReader.read(anneal, method);
        body.refuseOthers();
        return new JobRequest(
                model,
                trainingFile,
                validationFile,
                suffix,
                seed,
                metadata,
                method.method(),
                method.hyperparameters(),
                adapter == null ? null : adapter.settings(),
                adapter == null || initialAdapter == null
                        ? null
                        : new JobRequest.InitialAdapter(initialAdapter, adapter),
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
}
