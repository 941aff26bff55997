package dev.anneal.service.models.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.anneal.service.models.hub.TestHubs;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a folder must hold to be a base model, and what the answer says when it does not. */
class ModelCatalogTest {

    @TempDir
    private Path home;

    private ModelCatalog catalog;

    @BeforeEach
    void openCatalog() throws IOException {
        catalog = catalogOf(List.of("*"));
    }

    @Test
    void bundledModelIsUnpackedAndDescribed() {
        BaseModel model = catalog.require("anneal-tiny");

        assertThat(model.directory()).isEqualTo(home.resolve("bundled"));
        assertThat(model.parameters()).isEqualTo(2_656_704);
        assertThat(model.contextTokens()).isEqualTo(1024);
        assertThat(model.baseLearningRate()).isEqualTo(4e-3);
        assertThat(model.ownedBy()).isEqualTo("anneal");
        assertThat(model.tokenizer()).matches("[0-9a-f]{64}");
        assertThat(catalog.list()).containsExactly(model);
    }

    @Test
    void bundledModelThatWasChangedIsUnpackedAgain() throws IOException {
        Files.writeString(home.resolve("bundled/config.json"), "{}");

        openCatalog();

        assertThat(catalog.find("anneal-tiny")).isPresent();
    }

    @Test
    void folderOfAnOrganisationIsListedWithASlash() throws IOException {
        copyBundledTo("Qwen/Qwen3-8B");

        assertThat(catalog.list()).extracting(BaseModel::id).containsExactly("Qwen/Qwen3-8B", "anneal-tiny");
        assertThat(catalog.require("Qwen/Qwen3-8B").ownedBy()).isEqualTo("Qwen");
    }

    @ParameterizedTest
    @CsvSource({"llama-untied-gqa, 164288", "mistral, 127296", "qwen2, 107072", "qwen3, 152000"})
    void everyFamilyIsAvailable(String name, long parameters) throws IOException {
        copy(Path.of("src/test/resources/golden/models", name), name);

        assertThat(catalog.require(name).parameters()).isEqualTo(parameters);
        assertThat(catalog.require(name).contextTokens()).isEqualTo(512);
    }

    @Test
    void onlyAllowedModelsAreAvailable() throws IOException {
        copyBundledTo("Qwen/Qwen3-8B");
        copyBundledTo("other");

        ModelCatalog restricted = catalogOf(List.of("Qwen/*"));

        assertThat(restricted.list()).extracting(BaseModel::id).containsExactly("Qwen/Qwen3-8B");
        assertRefused(restricted, "other", RefusalCode.MODEL_NOT_AVAILABLE, "Available: 'Qwen/Qwen3-8B'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../bundled", "a/../bundled", "/etc", "a/b/c", "a b", "gpt-4o-mini", "a\0"})
    void nameThatIsNoModelIsNotAvailable(String id) {
        assertRefused(catalog, id, RefusalCode.MODEL_NOT_AVAILABLE, "Available: 'anneal-tiny'");
    }

    @Test
    void truncatedWeightsAreRefused() throws IOException {
        Path weights = copyBundledTo("broken").resolve("model.safetensors");
        Files.write(weights, Arrays.copyOf(Files.readAllBytes(weights), 1_000_000));

        assertUnreadable("model.safetensors: tensor ", "of the data but the file has 993984");
    }

    @Test
    void headerThatClaimsToBeLongerThanTheFileIsRefused() throws IOException {
        Path weights = copyBundledTo("broken").resolve("model.safetensors");
        byte[] content = Files.readAllBytes(weights);
        content[7] = 1;
        Files.write(weights, content);

        assertUnreadable("model.safetensors: ", "header");
    }

    @Test
    void missingTensorIsNamed() throws IOException {
        editHeader("model.norm.weight", "model.n0rm.weight");

        assertUnreadable("the weights have no tensor 'model.norm.weight'");
    }

    @Test
    void wrongShapeIsNamedWithTheRightOne() throws IOException {
        editHeader("[192,512]", "[512,192]");

        assertUnreadable("down_proj.weight' must have the shape [192, 512] by config.json but has [512, 192]");
    }

    @Test
    void pickledWeightsAreRefusedWithARemedy() throws IOException {
        Path folder = copyBundledTo("broken");
        Files.move(folder.resolve("model.safetensors"), folder.resolve("pytorch_model.bin"));

        assertUnreadable("pickled weights (pytorch_model.bin)", "safe_serialization=True");
    }

    @Test
    void unsupportedArchitectureIsToldWhichAreSupported() throws IOException {
        Path config = copyBundledTo("broken").resolve("config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("LlamaForCausalLM", "GPT2LMHeadModel")
                        .replace("\"llama\"", "\"gpt2\""));

        assertUnreadable("GPT2LMHeadModel", "LlamaForCausalLM");
    }

    @Test
    void missingTokenizerIsNamed() throws IOException {
        Files.delete(copyBundledTo("broken").resolve("tokenizer.json"));

        assertUnreadable("must hold tokenizer.json");
    }

    @Test
    void tokenWithoutARowInTheEmbeddingIsNamed() throws IOException {
        Path tokenizer = copyBundledTo("broken").resolve("tokenizer.json");
        Files.writeString(
                tokenizer,
                Files.readString(tokenizer).replaceFirst("\"id\": 3,\\s+\"content\"", "\"id\": 1536, \"content\""));

        assertUnreadable("the token '<|pad|>' the id 1536", "'vocab_size' of 1536, which allows ids 0 to 1535");
    }

    @Test
    void filesThatCannotBeReadAreTheServicesFault() throws IOException {
        // Reading a folder as a file fails as a broken disk does.
        Files.createDirectory(copyBundledTo("broken").resolve("chat_template.jinja"));

        assertRefused(catalog, "broken", RefusalCode.SERVICE_UNAVAILABLE, "cannot be read at the moment");
        assertThat(catalog.find("broken")).isEmpty();
        assertThat(catalog.list()).extracting(BaseModel::id).containsExactly("anneal-tiny");
    }

    /** Tokens that were counted with other ends of turn are counted anew. */
    @ParameterizedTest
    @ValueSource(strings = {"generation_config.json", "config.json"})
    void otherEndsOfTurnAreAnotherTokenizer(String name) throws IOException {
        Path file = copyBundledTo("edited").resolve(name);
        String before = catalog.require("edited").tokenizer();
        assertThat(before).isEqualTo(catalog.require("anneal-tiny").tokenizer());

        Files.writeString(
                file, Files.readString(file).replaceFirst("\"eos_token_id\": (\\[\\s*)?2", "\"eos_token_id\": $15"));

        assertThat(catalog.require("edited").tokenizer()).isNotEqualTo(before);
    }

    @Test
    void modelIsAvailableOnceItsFilesAreMended() throws IOException {
        Path weights = copyBundledTo("broken").resolve("model.safetensors");
        byte[] whole = Files.readAllBytes(weights);
        Files.write(weights, Arrays.copyOf(whole, 100));
        assertThat(catalog.find("broken")).isEmpty();

        Files.write(weights, whole);

        assertThat(catalog.find("broken")).isPresent();
    }

    private void assertUnreadable(String... parts) {
        assertThat(catalog.list()).extracting(BaseModel::id).containsExactly("anneal-tiny");
        assertRefused(catalog, "broken", RefusalCode.BASE_MODEL_UNREADABLE, parts);
    }

    private void assertRefused(ModelCatalog asked, String id, RefusalCode code, String... parts) {
        assertThatExceptionOfType(Refusal.class)
                .isThrownBy(() -> asked.require(id))
                .satisfies(refusal -> {
                    assertThat(refusal.code()).isEqualTo(code);
                    assertThat(refusal.parameter()).isEqualTo("model");
                    assertThat(refusal.explanation()).contains(parts).doesNotContain(home.toString());
                });
    }

    private void editHeader(String from, String to) throws IOException {
        Path weights = copyBundledTo("broken").resolve("model.safetensors");
        String content = Files.readString(weights, StandardCharsets.ISO_8859_1);
        int header = 8 + content.charAt(0) + 256 * content.charAt(1);
        assertThat(content.substring(0, header)).contains(from);
        Files.writeString(
                weights,
                content.substring(0, header).replace(from, to) + content.substring(header),
                StandardCharsets.ISO_8859_1);
    }

    private Path copyBundledTo(String id) throws IOException {
        return copy(home.resolve("bundled"), id);
    }

    private Path copy(Path model, String id) throws IOException {
        Path folder = Files.createDirectories(home.resolve("models").resolve(id));
        try (Stream<Path> files = Files.list(model)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return folder;
    }

    private ModelCatalog catalogOf(List<String> allowed) throws IOException {
        return new ModelCatalog(
                new ModelProperties(home + "/models", home + "/bundled", allowed), TestHubs.none(home.resolve("hub")));
    }
}
