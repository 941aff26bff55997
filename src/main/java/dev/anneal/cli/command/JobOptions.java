package dev.anneal.cli.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * The options that describe a job, as the request that they make. Whatever has no option of its own is set by its path
 * in the request.
 */
final class JobOptions {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final String SUPERVISED = "supervised";

    @Option(names = "--model", paramLabel = "MODEL", description = "Base model, or the target of a draft.")
    private @Nullable String model;

    @Option(
            names = "--train",
            paramLabel = "FILE",
            description =
                    "Training file: an id, or a file here, which is uploaded unless the service has the same bytes.")
    private @Nullable String trainingFile;

    @Option(names = "--valid", paramLabel = "FILE", description = "Validation file, likewise.")
    private @Nullable String validationFile;

    @Option(names = "--suffix", description = "Suffix of the tuned model's name.")
    private @Nullable String suffix;

    @Option(
            names = "--method",
            description = "supervised, dpo, reinforcement or speculative_draft. Default: the request's, or supervised.")
    private @Nullable String givenMethod;

    @Option(names = "--epochs", description = "Passes over the training file.")
    private @Nullable Integer epochs;

    @Option(names = "--steps", description = "Optimizer steps, in place of epochs.")
    private @Nullable Integer steps;

    @Option(names = "--batch-size", description = "Rows of a step.")
    private @Nullable Integer batchSize;

    @Option(names = "--learning-rate", description = "Peak learning rate.")
    private @Nullable Double learningRate;

    @Option(names = "--rank", description = "Rank of the adapter.")
    private @Nullable Integer rank;

    @Option(names = "--alpha", description = "Alpha of the adapter.")
    private @Nullable Double alpha;

    @Option(names = "--adapter", description = "afa, lora, or none for all weights.")
    private @Nullable String adapter;

    @Option(
            names = "--activation",
            description = "matched_relu (default), matched_silu, matched_gelu, relu, silu, gelu, or none for LoRA.")
    private @Nullable String activation;

    @Option(
            names = "--sign-groups",
            description = "Groups of outputs that see the inputs with other signs, a power of two.")
    private @Nullable Integer signGroups;

    @Option(names = "--devices", description = "Number of devices that train the job together.")
    private @Nullable Integer devices;

    @Option(names = "--seed", description = "Seed of the adapter's first values and of the order of rows.")
    private @Nullable Integer seed;

    @Option(
            names = "--set",
            paramLabel = "PATH=VALUE",
            description = "Any other key of the request, such as anneal.priority=0 or"
                    + " method.reinforcement.grader=@grader.json; values are JSON or text, @ reads a file.")
    private Map<String, String> others = new LinkedHashMap<>();

    @Option(
            names = "--request",
            paramLabel = "FILE",
            description = "A request as JSON, to which the other options are added.")
    private @Nullable Path request;

    /** The request, with files as they were named: by ids, or by paths here. */
    ObjectNode request() throws IOException {
        ObjectNode body = request == null ? JSON.createObjectNode() : JsonArgument.object(request);
        set(body, "model", model);
        set(body, "training_file", trainingFile);
        set(body, "validation_file", validationFile);
        set(body, "suffix", suffix);
        String method = givenMethod == null ? body.at("/method/type").asString(SUPERVISED) : givenMethod;
        if (!method.equals(SUPERVISED)) {
            set(body, "method.type", method);
        }
        String hyperparameters = "method." + method + ".hyperparameters.";
        set(body, hyperparameters + "n_epochs", epochs);
        set(body, hyperparameters + "batch_size", batchSize);
        set(body, "anneal.max_steps", steps);
        set(body, "anneal.learning_rate", learningRate);
        set(body, "anneal.adapter", adapter);
        set(body, "anneal.devices", devices);
        set(body, "afa_lora.rank", rank);
        set(body, "afa_lora.alpha", alpha);
        set(body, "afa_lora.activation", activation);
        set(body, "afa_lora.sign_groups", signGroups);
        set(body, "seed", seed);
        for (Map.Entry<String, String> other : others.entrySet()) {
            put(body, other.getKey(), JsonArgument.value(other.getValue()));
        }
        if (body.has("method") && !body.path("method").has("type")) {
            put(body, "method.type", StringNode.valueOf(method));
        }
        return body;
    }

    private static void set(ObjectNode body, String path, @Nullable Object value) {
        if (value != null) {
            put(body, path, JSON.valueToTree(value));
        }
    }

    private static void put(ObjectNode body, String path, JsonNode value) {
        String[] keys = path.split("\\.");
        ObjectNode inner = body;
        for (int i = 0; i < keys.length - 1; i++) {
            JsonNode next = inner.get(keys[i]);
            inner = next instanceof ObjectNode object ? object : inner.putObject(keys[i]);
        }
        inner.set(keys[keys.length - 1], value);
    }
}
