package dev.anneal.engine.network.architecture;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Phi-3's configuration has that others have not: heads of which a part is rotated, and LongRoPE. */
class Phi3ConfigTest {

    /** Three heads of 8 values, of which 6 are rotated; 16 of 64 positions with the short factors. */
    private static final Path CONFIG = Path.of("src/test/resources/golden/families/phi3-0/config.json");

    @TempDir
    Path folder;

    @Test
    void textsThatNeedTheLongFactorsAreBeyondTheContext() throws IOException {
        assertThat(ModelConfig.read(CONFIG).maxPositions()).isEqualTo(16);
    }

    /** A length beside {@code rope_parameters} has precedence over that within. */
    @Test
    void theOuterOriginalLengthCounts() throws IOException {
        assertThat(changed(
                                "\"original_max_position_embeddings\": 16,\n  \"pad",
                                "\"original_max_position_embeddings\": 32,\n  \"pad")
                        .maxPositions())
                .isEqualTo(32);
    }

    @ParameterizedTest
    @ValueSource(strings = {"su", "yarn"})
    void earlierNamesOfLongRopeAreLongRope(String name) throws IOException {
        assertThat(changed("\"rope_type\": \"longrope\"", "\"rope_type\": \"" + name + "\""))
                .isEqualTo(ModelConfig.read(CONFIG));
    }

    @Test
    void aGivenAttentionFactorIsUsed() throws IOException {
        RotaryConfig rotary = changed(
                        "\"rope_type\": \"longrope\"", "\"rope_type\": \"longrope\", \"attention_factor\": 1.5")
                .rotary();

        assertThat(rotary.scaling().attentionFactor()).isEqualTo(1.5);
    }

    /** sqrt(1 + ln(factor) / ln(original length)), of LongRoPE (arXiv 2402.13753) as transformers has it. */
    @Test
    void aGivenFactorMakesTheAttentionFactor() throws IOException {
        RotaryConfig rotary = changed("\"rope_type\": \"longrope\"", "\"rope_type\": \"longrope\", \"factor\": 16")
                .rotary();

        assertThat(rotary.scaling().attentionFactor()).isEqualTo(Math.sqrt(2));
    }

    /** Draft heads are trained on short texts with an embedding of their own. */
    @Test
    void draftHeadsRotateWholeHeadsUnscaled() throws IOException {
        assertThat(ModelConfig.read(CONFIG).rotaryOfDraftHeads()).isEqualTo(RotaryConfig.plain(1000));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"rope_type\": \"longrope\" | \"rope_type\": \"linear\" | rope type 'linear' is not supported in this family; supported: default, longrope",
                "      1.1, | `` | 'short_factor' must be a list of 3 positive numbers, found",
                "\"partial_rotary_factor\": 0.75 | \"partial_rotary_factor\": 0.4 | 'partial_rotary_factor' is 0.4, which rotates 3 of a head's 8 values; an even number of them must be",
                "\"partial_rotary_factor\": 0.75 | \"partial_rotary_factor\": 0.1 | which rotates 0 of a head's 8 values",
                "\"partial_rotary_factor\": 0.75 | \"partial_rotary_factor\": 1.5 | which rotates 12 of a head's 8 values",
            })
    void whatIsNotComputedIsRefused(String text, String replacement, String message) {
        assertThatThrownBy(() -> changed(text, replacement))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining(message);
    }

    private ModelConfig changed(String text, String replacement) throws IOException {
        String original = Files.readString(CONFIG, UTF_8);
        assertThat(original).contains(text);
        Path file = folder.resolve("config.json");
        Files.writeString(file, original.replace(text, replacement));
        return ModelConfig.read(file);
    }
}
