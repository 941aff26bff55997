package dev.anneal.service.models.catalog;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.format.safetensors.SafetensorsException;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.service.models.hub.HubSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;

/**
 * Reads a model's folder: configuration, headers of the weight files, tokenizer. No weights are loaded, except to
 * compare embeddings that are declared tied but both stored; no code of the model is run.
 */
final class ModelInspector {

    private static final String CONFIG = "config.json";
    private static final String TOKENIZER = "tokenizer.json";

    /**
     * Files that decide how a conversation becomes tokens and which of them are trained; all but the first two are
     * optional. The configurations name the tokens that end a turn.
     */
    private static final List<String> TOKENIZER_FILES = List.of(
            TOKENIZER,
            CONFIG,
            "generation_config.json",
            "tokenizer_config.json",
            "special_tokens_map.json",
            "chat_template.jinja",
            "chat_template.json");

    private ModelInspector() {}

    /**
     * @throws UnreadableModelException if the folder does not hold a model that the engine runs
     * @throws IOException if that cannot be found out at the moment
     */
    static BaseModel inspect(String id, HubSource.Located located) throws IOException {
        Path directory = located.folder();
        try {
            require(directory, CONFIG, "a Hugging Face model");
            require(directory, TOKENIZER, "its fast tokenizer; save it with transformers' save_pretrained");
            ModelConfig config = config(directory);
            String vocabulary = ModelTokenizer.check(directory);
            int slash = id.indexOf('/');
            return new BaseModel(
                    id,
                    directory,
                    located.revision(),
                    Files.getLastModifiedTime(directory.resolve(CONFIG)).toInstant(),
                    slash < 0 ? "anneal" : id.substring(0, slash),
                    config,
                    config.parameters(),
                    BaseLearningRate.of(config.hiddenSize()),
                    tokenizerHash(directory),
                    vocabulary);
        } catch (ModelConfigException | SafetensorsException | DataException invalid) {
            throw new UnreadableModelException(
                    withoutHostPath(String.valueOf(invalid.getMessage()), directory), invalid);
        }
    }

    private static ModelConfig config(Path directory) throws IOException {
        try (WeightDirectory weights = WeightDirectory.open(directory)) {
            return ModelConfig.read(directory.resolve(CONFIG), weights);
        }
    }

    private static void require(Path directory, String name, String whose) {
        if (!Files.isRegularFile(directory.resolve(name))) {
            throw new UnreadableModelException(
                    "its folder must hold " + name + " of " + whose + ", which is missing", null);
        }
    }

    /** Tenants must not see the host's folders; the log has the whole message. */
    private static String withoutHostPath(String message, Path directory) {
        return message.replace(directory + "/", "").replace(directory.toString(), "its folder");
    }

    private static String tokenizerHash(Path directory) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        for (String name : TOKENIZER_FILES) {
            digest.update(name.getBytes(StandardCharsets.UTF_8));
            try {
                digest.update(Files.readAllBytes(directory.resolve(name)));
            } catch (NoSuchFileException absent) {
                digest.update((byte) 0);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
