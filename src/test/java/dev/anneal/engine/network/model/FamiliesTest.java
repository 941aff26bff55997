package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.lora.NamedMatrices;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Small random models of each family compute what transformers does (golden/families/make.py). */
class FamiliesTest {

    private static final Path FOLDER = GoldenTensors.path("families");

    /** Of the norm of all gradients; a smaller gradient may be noise. */
    private static final double LEAST_SHARE = 1e-3;

    @TempDir
    Path folder;

    static List<String> models() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(Files::isDirectory)
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("models")
    void logitsLossAndGradients(String name) throws IOException {
        Map<String, float[]> expected = GoldenTensors.all("families/" + name + "/expected.safetensors");
        Result result = compute(name, ElementType.FLOAT32);

        assertThat(difference(result.logits, get(expected, "logits"))).isLessThan(TestDevice.tolerance(1e-5));
        assertThat(result.loss).isCloseTo(get(expected, "loss")[0], within(TestDevice.tolerance(1e-5)));
        double least = LEAST_SHARE * norm(all(expected));
        result.gradients.forEach((weight, gradient) -> {
            float[] of = get(expected, "gradient." + weight);
            assertThat(distance(gradient, of) / Math.max(norm(of), least))
                    .as(weight)
                    .isLessThan(TestDevice.tolerance(1e-4));
        });
        assertThat(result.gradients).hasSize(all(expected).size());
    }

    /** In bf16 no further from transformers' fp32 than transformers' bf16 is, but for chance. */
    @ParameterizedTest
    @MethodSource("models")
    void logitsAndGradientsInBf16(String name) throws IOException {
        Map<String, float[]> expected = GoldenTensors.all("families/" + name + "/expected.safetensors");
        Result result = compute(name, ElementType.BFLOAT16);

        assertThat(difference(result.logits, get(expected, "logits")))
                .isLessThan(2 * get(expected, "logits_bf16_error")[0]);
        float[] own = joined(result.gradients.values());
        List<float[]> theirs = result.gradients.keySet().stream()
                .map(weight -> get(expected, "gradient." + weight))
                .toList();
        assertThat(difference(own, joined(theirs))).isLessThan(2 * get(expected, "gradients_bf16_error")[0]);
    }

    @ParameterizedTest
    @MethodSource("models")
    void tokensReadOneByOneHaveTheLogitsOfTheWhole(String name) throws IOException {
        int[] row = rows(name).get(0);
        float[] whole = Arrays.copyOf(
                GoldenTensors.floats("families/" + name + "/expected.safetensors", "logits"),
                row.length * vocabulary(name));
        try (DecoderModel model = DecoderModel.load(FOLDER.resolve(name), ElementType.FLOAT32, TestDevice.NAME);
                IncrementalDecoder decoder = new IncrementalDecoder(model);
                TensorScope scope = decoder.scope().child();
                KeyValueCache cache = decoder.newCache(scope, 1, row.length)) {
            List<float[]> read = new ArrayList<>();
            read.add(read(decoder, scope, cache, Arrays.copyOf(row, 4), false));
            for (int at = 4; at < row.length; at++) {
                read.add(read(decoder, scope, cache, Arrays.copyOfRange(row, at, at + 1), true));
            }

            assertThat(difference(joined(read), whole)).isLessThan(TestDevice.tolerance(1e-5));
        }
    }

    /** Norms, biases and embeddings are as they are stored; unrelated logits would differ by more than their norm. */
    @ParameterizedTest
    @MethodSource("models")
    void projectionsMayBeIn4Bits(String name) throws IOException {
        float[] expected = GoldenTensors.floats("families/" + name + "/expected.safetensors", "logits");
        try (DecoderModel model =
                DecoderModel.load(FOLDER.resolve(name), ElementType.FLOAT32, TestDevice.NAME, ModelForm.NF4)) {
            float[] logits = Logits.of(model, TokenRows.of(rows(name)), model.noAdapter());

            assertThat(difference(logits, expected)).isBetween(1e-3, 0.6);
        }
    }

    /** Only outputs that are normed are kept beside their norms. */
    @ParameterizedTest
    @MethodSource("models")
    void memoryOfALayerCountsNormedOutputs(String name) throws IOException {
        ModelConfig config = ModelConfig.read(FOLDER.resolve(name).resolve("config.json"));
        LayerWidths widths = LayerWidths.of(config);
        LayerWidths before = new LayerWidths(
                widths.hidden(), widths.queryKeyValue(), widths.attended(), widths.feedForward(), false);

        assertThat(widths.kept(0) - before.kept(0))
                .isEqualTo(name.matches("(gemma3|olmo|exaone).*") ? 2L * config.hiddenSize() : 0);
    }

    /** What proofs of exports compare: hidden states of a model of which one layer is in memory at a time. */
    @ParameterizedTest
    @MethodSource("models")
    void aStreamedModelHasTheSameLogits(String name) throws IOException {
        float[] expected = GoldenTensors.floats("families/" + name + "/expected.safetensors", "logits");
        int vocabulary = vocabulary(name);
        try (StreamedModel model = StreamedModel.open(FOLDER.resolve(name), FOLDER.resolve(name), TestDevice.NAME);
                TensorScope scope = model.scope().child()) {
            float[] norm = model.finalNorm(scope).toFloats();
            int offset = model.config().architecture().spec().gain().offset();
            for (int i = 0; i < norm.length; i++) {
                norm[i] += offset;
            }
            float[] table = model.outputEmbedding(scope, 0, vocabulary).toFloats();
            List<float[]> logits = model.hiddenStates(scope, rows(name), model.noAdapters(), () -> {}).stream()
                    .map(states -> logits(
                            states.toFloats(), norm, table, model.config().normEpsilon()))
                    .toList();

            assertThat(difference(joined(logits), expected)).isLessThan(TestDevice.tolerance(1e-5));
        }
    }

    /** Products of normed states with the output embedding. */
    private static float[] logits(float[] states, float[] norm, float[] table, double epsilon) {
        int hidden = norm.length;
        int vocabulary = table.length / hidden;
        float[] logits = new float[states.length / hidden * vocabulary];
        for (int token = 0; token < states.length / hidden; token++) {
            float[] own = Arrays.copyOfRange(states, token * hidden, (token + 1) * hidden);
            double square = Math.pow(norm(own), 2) / hidden;
            for (int word = 0; word < vocabulary; word++) {
                double product = 0;
                for (int i = 0; i < hidden; i++) {
                    product += own[i] * norm[i] * table[word * hidden + i];
                }
                logits[token * vocabulary + word] = (float) (product / Math.sqrt(square + epsilon));
            }
        }
        return logits;
    }

    private static float[] read(
            IncrementalDecoder decoder, TensorScope scope, KeyValueCache cache, int[] tokens, boolean isStep) {
        AppliedAdapter none = AppliedAdapter.none(scope, decoder.config(), ElementType.FLOAT32);
        Tensor states = decoder.read(scope, List.of(tokens), cache, 0, List.of(none), List.of(), isStep)
                .last();
        long[] everywhere = new long[tokens.length];
        Arrays.setAll(everywhere, at -> at);
        return decoder.logits(scope, states, everywhere).toFloats();
    }

    /** What the engine computes of the rows: logits, mean loss, and its gradients by the names of weights. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Result(float[] logits, double loss, Map<String, float[]> gradients) {}

    private Result compute(String name, ElementType precision) throws IOException {
        TokenRows rows = TokenRows.of(rows(name));
        try (DecoderModel model = DecoderModel.load(FOLDER.resolve(name), precision, TestDevice.NAME);
                TrainableWeights weights = TrainableWeights.of(model);
                TensorScope scope = model.scope().child()) {
            float[] logits = Logits.of(model, rows, model.noAdapter());
            List<Tensor> gradients = weights.newGradients(scope);
            Targets targets = Targets.of(rows, rows(name), -100);
            LossSums sums = model.lossAndGradient(
                    scope,
                    new PassInput(rows, targets),
                    model.noAdapter(),
                    weights.arranged(gradients),
                    new PassControl(false, () -> {}),
                    Objective.LIKELIHOOD);
            Map<String, float[]> named =
                    NamedMatrices.of(weights, gradients, folder.resolve(name + "-gradients.safetensors"));
            named.values().forEach(each -> {
                for (int i = 0; i < each.length; i++) {
                    each[i] /= targets.count();
                }
            });
            return new Result(logits, sums.mean(), named);
        }
    }

    private static List<int[]> rows(String name) {
        String file = "families/" + name + "/expected.safetensors";
        return List.of(GoldenTensors.ints(file, "ids.0"), GoldenTensors.ints(file, "ids.1"));
    }

    private static int vocabulary(String name) {
        int tokens = rows(name).stream().mapToInt(row -> row.length).sum();
        return GoldenTensors.floats("families/" + name + "/expected.safetensors", "logits").length / tokens;
    }

    private static float[] get(Map<String, float[]> tensors, String name) {
        return Objects.requireNonNull(tensors.get(name), name);
    }

    private static List<float[]> all(Map<String, float[]> expected) {
        return expected.entrySet().stream()
                .filter(each -> each.getKey().startsWith("gradient."))
                .map(Map.Entry::getValue)
                .toList();
    }

    private static double difference(float[] actual, float[] expected) {
        return distance(actual, expected) / norm(List.of(expected));
    }

    private static double distance(float[] actual, float[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double sum = 0;
        for (int i = 0; i < actual.length; i++) {
            sum += Math.pow((double) actual[i] - expected[i], 2);
        }
        return Math.sqrt(sum);
    }

    private static double norm(float[] values) {
        return norm(List.of(values));
    }

    private static double norm(List<float[]> all) {
        return Math.sqrt(all.stream()
                .mapToDouble(values -> distance(values, new float[values.length]))
                .map(each -> each * each)
                .sum());
    }

    private static float[] joined(Collection<float[]> parts) {
        float[] joined = new float[parts.stream().mapToInt(part -> part.length).sum()];
        int at = 0;
        for (float[] part : parts) {
            System.arraycopy(part, 0, joined, at, part.length);
            at += part.length;
        }
        return joined;
    }
}
