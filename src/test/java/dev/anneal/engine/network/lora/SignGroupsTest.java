package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.PassControl;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An adapter with groups of signs is the ordinary LoRA that {@link LoraForm} makes of it, whose loss and gradients are
 * compared with autograd elsewhere.
 */
class SignGroupsTest {

    private static final int GROUPS = 4;
    private static DecoderModel model;

    @TempDir
    Path folder;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** What a pass gives. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares them
    private record Pass(double loss, float[] ofA, float[] ofB) {}

    private static Pass pass(Adapter adapter, double beta, AdapterDropout dropout) {
        MicroBatch batch = MicroBatch.split(GoldenBatches.forPlan().subList(0, 2), 2, Sharing.NONE, DeviceLimits.CPU)
                .get(0);
        try (TensorScope scope = model.scope().child()) {
            AdapterGradients gradients = adapter.newGradients(scope);
            LossSums sums = model.lossAndGradient(
                    scope,
                    batch.input(null),
                    adapter.apply(beta, dropout),
                    new Gradients(gradients.layers(), null),
                    new PassControl(false, () -> {}),
                    Objective.LIKELIHOOD);
            return new Pass(sums.mean(), gradients.a().toFloats(), gradients.b().toFloats());
        }
    }

    /** What is asked of both. */
    private interface Compared {
        void with(Adapter grouped, Adapter ordinary);
    }

    private void compare(String activation, Compared compared) throws IOException {
        AdapterConfig config = config(activation).withSignGroups(GROUPS);
        Path trained = folder.resolve("trained.safetensors");
        Path ordinary = folder.resolve("ordinary.safetensors");
        try (Adapter adapter = RandomAdapter.of(model, config, new Random(5), folder)) {
            adapter.save(trained);
            LoraForm.write(trained, config, UnaryOperator.identity(), ordinary);
            try (Adapter wider = Adapter.load(model, config.asLora(), ordinary)) {
                compared.with(adapter, wider);
            }
        }
    }

    private static AdapterConfig config(String activation) {
        return AdapterConfig.of(
                2,
                3,
                false,
                0,
                activation,
                AnnealingSchedule.of("linear", 0, 0.8),
                AdapterConfig.targetsNamed(List.of("all-linear"), Projections.SEPARATE));
    }

    @ParameterizedTest
    @CsvSource({"silu, 1, 0", "relu, 0.6, 0", "gelu, 0, 0", "matched_relu, 0.6, 0.3"})
    void lossAndGradientsAreThoseOfTheOrdinaryLora(String activation, double beta, double dropped) throws IOException {
        AdapterDropout dropout = dropped == 0 ? AdapterDropout.NONE : new AdapterDropout(dropped, List.of(7L, 11L));
        compare(activation, (adapter, wider) -> {
            Pass own = pass(adapter, beta, dropout);
            Pass ofWider = pass(wider, beta, dropout);

            assertThat(own.loss()).isCloseTo(ofWider.loss(), within(1e-6));
            for (AdapterLayout.Slot slot : new AdapterLayout(adapter.config(), model.config()).slots()) {
                requireClose(ofA(own, slot), foldedA(ofWider, slot));
                requireClose(ofB(own, slot), foldedB(ofWider, slot));
            }
        });
    }

    private static void requireClose(float[] own, float[] expected) {
        float largest = 0;
        for (float value : expected) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertThat(own).containsExactly(expected, within(2e-5f * largest));
    }

    /** Their logits differ by rounding, so that answers could; these do not. */
    @Test
    void answersAreThoseOfTheOrdinaryLora() throws IOException {
        List<int[]> prompts = List.of(new int[] {5, 9, 30}, new int[] {44, 2});
        compare("silu", (adapter, wider) -> {
            List<int[]> own = answers(adapter, prompts);

            assertThat(own).containsExactlyElementsOf(answers(wider, prompts));
            assertThat(own.get(0))
                    .hasSize(12)
                    .isNotEqualTo(answers(model.noAdapter(), prompts).get(0));
        });
    }

    private static List<int[]> answers(Adapter adapter, List<int[]> prompts) {
        return answers(adapter.apply(0.5, AdapterDropout.NONE), prompts);
    }

    private static List<int[]> answers(AppliedAdapter applied, List<int[]> prompts) {
        try (IncrementalDecoder incremental = new IncrementalDecoder(model)) {
            return new Decoder(incremental, applied, Set.of(), new BatchWidth(2)).answerGreedily(prompts, 12, () -> {});
        }
    }

    private static float[] ofA(Pass pass, AdapterLayout.Slot slot) {
        return Arrays.copyOfRange(pass.ofA, (int) slot.beginOfA(), (int) slot.beginOfA() + slot.elementsOfA());
    }

    private static float[] ofB(Pass pass, AdapterLayout.Slot slot) {
        return Arrays.copyOfRange(pass.ofB, (int) slot.beginOfB(), (int) slot.beginOfB() + slot.elementsOfB());
    }

    /** A is in each group with its signs, so its gradient is the sum over the groups with these. */
    private static float[] foldedA(Pass wider, AdapterLayout.Slot slot) {
        int block = slot.inputs() / GROUPS;
        float[] sum = new float[slot.elementsOfA()];
        for (int group = 0; group < GROUPS; group++) {
            for (int i = 0; i < sum.length; i++) {
                int at = (int) slot.beginOfA() * GROUPS + group * sum.length + i;
                sum[i] += wider.ofA[at] * Signs.of(group, i % slot.inputs() / block);
            }
        }
        return sum;
    }

    /** Of a row of B only the columns of its group are trained. */
    private static float[] foldedB(Pass wider, AdapterLayout.Slot slot) {
        float[] own = new float[slot.elementsOfB()];
        for (int row = 0; row < slot.outputs(); row++) {
            int group = row / (slot.outputs() / GROUPS);
            int at = ((int) slot.beginOfB() / slot.rank() + row) * GROUPS * slot.rank() + group * slot.rank();
            System.arraycopy(wider.ofB, at, own, row * slot.rank(), slot.rank());
        }
        return own;
    }

    @Test
    void groupsThatDoNotDivideAreRefused() {
        AdapterConfig config = config("silu");

        assertThatThrownBy(() -> config.withSignGroups(3)).hasMessageContaining("must be a power of two, was 3");
        assertThatThrownBy(() -> config.withSignGroups(128).requireFits(model.config()))
                .hasMessageContaining("sign_groups must divide inputs and outputs of");
    }
}
