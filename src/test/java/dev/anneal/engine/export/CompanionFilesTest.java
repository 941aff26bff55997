package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Configuration and tokenizer go along unchanged but for the element type, and nothing else does. */
class CompanionFilesTest {

    private static final String CONFIG = "{ \"vocab_size\":7,\n\"dtype\": \"bfloat16\", \"rms_norm_eps\": 1e-05 }";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path base;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path target;

    @Test
    void filesAreCopiedByteForByte() throws IOException {
        Files.writeString(base.resolve("config.json"), CONFIG);
        Files.writeString(base.resolve("tokenizer.json"), "{\"a\" :1}");
        Files.writeString(base.resolve("pytorch_model.bin"), "pickle");
        Files.writeString(base.resolve("README.md"), "about the base model");

        CompanionFiles.copy(base, target, null, true);

        assertThat(target.resolve("config.json")).hasContent(CONFIG);
        assertThat(target.resolve("tokenizer.json")).hasContent("{\"a\" :1}");
        assertThat(target).isDirectoryNotContaining("glob:**{bin,md}");
    }

    @Test
    void copiesOfReadOnlyFilesCanBeWritten() throws IOException {
        Files.writeString(base.resolve("config.json"), CONFIG);
        Files.writeString(base.resolve("tokenizer.json"), "{}");
        for (String name : List.of("config.json", "tokenizer.json")) {
            Files.setPosixFilePermissions(base.resolve(name), PosixFilePermissions.fromString("r--r--r--"));
        }

        CompanionFiles.copy(base, target, null, true);

        for (String name : List.of("config.json", "tokenizer.json")) {
            assertThat(Files.getPosixFilePermissions(target.resolve(name))).contains(PosixFilePermission.OWNER_WRITE);
        }
    }

    @Test
    void newElementTypeIsWrittenIntoTheConfiguration() throws IOException {
        assertThat(written(CONFIG, "float32", true)).isEqualTo("""
                        {
                          "vocab_size": 7,
                          "dtype": "float32",
                          "rms_norm_eps": 1e-05
                        }
                        """);
    }

    @Test
    void bothSpellingsOfTheElementTypeFollow() throws IOException {
        assertThat(written("{\"dtype\": \"x\", \"torch_dtype\": \"x\"}", "float32", true))
                .contains("\"dtype\": \"float32\"", "\"torch_dtype\": \"float32\"");
        assertThat(written("{}", "float32", true)).contains("\"torch_dtype\": \"float32\"");
    }

    @Test
    void theElementTypeOfPartsFollows() throws IOException {
        String parts = "{\"dtype\": \"x\", \"text_config\": {\"dtype\": \"x\"}, \"vision_config\": {\"a\": 1}}";

        assertThat(written(parts, "float32", true)).isEqualTo("""
                        {
                          "dtype": "float32",
                          "text_config": {
                            "dtype": "float32"
                          },
                          "vision_config": {
                            "a": 1
                          }
                        }
                        """);
    }

    @Test
    void anOutputEmbeddingOfItsOwnIsSaidToBeOne() throws IOException {
        assertThat(written("{\"tie_word_embeddings\": true}", null, false)).contains("\"tie_word_embeddings\": false");
        assertThat(written("{\"tie_word_embeddings\" :true}", null, true)).isEqualTo("{\"tie_word_embeddings\" :true}");
        assertThat(written("{\"vocab_size\" :7}", null, false)).isEqualTo("{\"vocab_size\" :7}");
    }

    private String written(String config, @Nullable String dtype, boolean tied) throws IOException {
        Files.writeString(base.resolve("config.json"), config);
        Path folder = Files.createTempDirectory(target, "copy");
        CompanionFiles.copy(base, folder, dtype, tied);
        return Files.readString(folder.resolve("config.json"));
    }
}
