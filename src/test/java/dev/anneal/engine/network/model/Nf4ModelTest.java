package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.ModelConfigException;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models whose projections are kept in 4 bits compute with what these stand for. */
class Nf4ModelTest {

    private static final Path ORIGINAL = GoldenTensors.path("models/llama-tied");

    /** What bitsandbytes has made of the same model. */
    private static final Path QUANTISED = GoldenTensors.path("nf4/model");

    private static final TokenRows ROWS = TokenRows.of(List.of(new int[] {1, 5, 250, 7}, new int[] {9, 40, 33}));

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "BFLOAT16"})
    void hiddenStatesAreThoseOfTheDequantisedWeights(ElementType precision) throws IOException {
        try (DecoderModel kept = DecoderModel.load(QUANTISED, precision, TestDevice.NAME, ModelForm.NF4);
                DecoderModel whole = DecoderModel.load(QUANTISED, precision, TestDevice.NAME)) {
            assertThat(kept.hasResidentWeights()).isFalse();
            assertThat(whole.hasResidentWeights()).isTrue();
            assertThat(states(kept)).isEqualTo(states(whole)).isNotEqualTo(states(ORIGINAL, precision));
        }
    }

    @Test
    void aModelIsQuantisedWhenItIsLoadedAsBitsandbytesDoes() throws IOException {
        try (DecoderModel loaded = DecoderModel.load(ORIGINAL, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4);
                DecoderModel stored =
                        DecoderModel.load(QUANTISED, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4)) {
            assertThat(GoldenTensors.largestDifference(states(loaded), states(stored)))
                    .isLessThan(TestDevice.tolerance(1e-5));
        }
    }

    @Test
    void decodingReadsOneLayerAtATime() throws IOException {
        try (DecoderModel kept = DecoderModel.load(QUANTISED, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4);
                DecoderModel whole = DecoderModel.load(QUANTISED, ElementType.FLOAT32, TestDevice.NAME)) {
            assertThat(read(kept)).isEqualTo(read(whole));
        }
    }

    @Test
    void decodingPacksNothing() throws IOException {
        try (DecoderModel kept = DecoderModel.load(QUANTISED, ElementType.BFLOAT16, TestDevice.NAME, ModelForm.NF4);
                IncrementalDecoder decoder = new IncrementalDecoder(kept)) {
            assertThat(decoder.packs()).isFalse();
            assertThat(decoder.hasIndependentRows()).isFalse();
            assertThat(kept.decodingLimits().sharesOperators()).isFalse();
        }
    }

    @Test
    void itsWeightsCannotBeTrained() throws IOException {
        try (DecoderModel kept = DecoderModel.load(QUANTISED, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4)) {
            assertThatThrownBy(() -> TrainableWeights.of(kept))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("4 bits");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"bnb_4bit_quant_type\": \"fp4\"",
                "\"bnb_4bit_quant_type\": \"nf4\", \"quant_method\": \"gptq\"",
                "\"bnb_4bit_quant_type\": \"nf4\", \"load_in_4bit\": false"
            })
    void otherQuantisationsAreRefused(String other) throws IOException {
        String config = Files.readString(QUANTISED.resolve("config.json"))
                .replaceAll("\"(quant_method|load_in_4bit|bnb_4bit_quant_type)\": [^,\n]*,?", "\"any\": 0,")
                .replaceAll("\"any\": 0,\\s*}", other + keys(other) + "}");
        Files.writeString(folder.resolve("config.json"), config);
        Files.copy(QUANTISED.resolve("model.safetensors"), folder.resolve("model.safetensors"));

        assertThatThrownBy(() -> DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining("'quantization_config' is")
                .hasMessageContaining("\"bnb_4bit_quant_type\": \"nf4\"");
    }

    /** Those that {@code given} leaves out, as bitsandbytes has them. */
    private static String keys(String given) {
        return (given.contains("quant_method") ? "" : ", \"quant_method\": \"bitsandbytes\"")
                + (given.contains("load_in_4bit") ? "" : ", \"load_in_4bit\": true");
    }

    @Test
    void aQuantisedWeightOfAnotherShapeIsRefused() throws IOException {
        Files.copy(QUANTISED.resolve("model.safetensors"), folder.resolve("model.safetensors"));
        Files.writeString(
                folder.resolve("config.json"),
                Files.readString(QUANTISED.resolve("config.json"))
                        .replace("\"intermediate_size\": 160", "\"intermediate_size\": 176"));

        assertThatThrownBy(() -> DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4))
                .isInstanceOf(ModelConfigException.class)
                .hasMessageContaining("must have the shape [176, 64] by config.json but has [160, 64]");
    }

    private static float[] states(Path directory, ElementType precision) throws IOException {
        try (DecoderModel model = DecoderModel.load(directory, precision, TestDevice.NAME)) {
            return states(model);
        }
    }

    private static float[] states(DecoderModel model) {
        try (TensorScope scope = model.scope().child()) {
            return model.hiddenStates(scope, ROWS, model.noAdapter(), List.of(), () -> {})
                    .last()
                    .toFloats();
        }
    }

    private static float[] read(DecoderModel model) {
        try (IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = model.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, 64)) {
            List<AppliedAdapter> none = List.of(model.noAdapter());
            decoder.read(scope, List.of(new int[] {1, 5, 250}), cache, 0, none, List.of(), false);
            Tensor last = decoder.read(scope, List.of(new int[] {7}), cache, 0, none, List.of(1), true)
                    .last();
            return last.toFloats();
        }
    }
}
