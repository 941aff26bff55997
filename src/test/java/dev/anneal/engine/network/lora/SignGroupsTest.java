package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
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

    private static final int GROUPS = 3;
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

    private static Pass pass(Adapter adapter, double beta) {
        MicroBatch batch = MicroBatch.split(GoldenBatches.forPlan().subList(0, 2), 2, Sharing.NONE, DeviceLimits.CPU)
                .get(0);
        try (TensorScope scope = model.scope().child()) {
            AdapterGradients gradients = adapter.newGradients(scope);
            LossSums sums = model.lossAndGradient(
                    scope,
                    batch.input(null),
                    adapter.apply(beta, AdapterDropout.NONE),
                    new Gradients(gradients.layers(), null),
                    new PassControl(false, () -> {}),
                    Objective.LIKELIHOOD);
            gradients.gather().run();
            return new Pass(sums.mean(), gradients.a().toFloats(), gradients.b().toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource({"silu, 1", "relu, 0.6", "gelu, 0"})
    void lossAndGradientsAreThoseOfTheOrdinaryLora(String activation, double beta) throws IOException {
        AdapterConfig config = AdapterConfig.of(
                        2, 3, false, 0, activation, AnnealingSchedule.of("linear", 0, 0.8), List.of("all-linear"))
                .withSignGroups(GROUPS);
        Path trained = folder.resolve("trained.safetensors");
        Path ordinary = folder.resolve("ordinary.safetensors");
        try (Adapter adapter = RandomAdapter.of(model, config, new Random(5), folder)) {
            adapter.save(trained);
            LoraForm.write(trained, config, ordinary);
            try (Adapter wider = Adapter.load(model, config.asLora(), ordinary)) {
                Pass own = pass(adapter, beta);
                Pass ofWider = pass(wider, beta);

                assertThat(own.loss()).isCloseTo(ofWider.loss(), within(1e-6));
                AdapterLayout layout = new AdapterLayout(config, model.config());
                for (AdapterLayout.Slot slot : layout.slots()) {
                    assertThat(ofA(own, slot)).containsExactly(foldedA(ofWider, slot), within(2e-6f));
                    assertThat(ofB(own, slot)).containsExactly(foldedB(ofWider, slot), within(2e-6f));
                }
            }
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
        float[] signs = Signs.of(GROUPS, slot.inputs());
        float[] sum = new float[slot.elementsOfA()];
        for (int group = 0; group < GROUPS; group++) {
            for (int i = 0; i < sum.length; i++) {
                int at = (int) slot.beginOfA() * GROUPS + group * sum.length + i;
                sum[i] += wider.ofA[at] * signs[group * slot.inputs() + i % slot.inputs()];
            }
        }
        return sum;
    }

    /** Of a row of B only the columns of its group are trained. */
    private static float[] foldedB(Pass wider, AdapterLayout.Slot slot) {
        float[] own = new float[slot.elementsOfB()];
        for (int group = 0; group < GROUPS; group++) {
            int end = Signs.begin(group + 1, GROUPS, slot.outputs());
            for (int row = Signs.begin(group, GROUPS, slot.outputs()); row < end; row++) {
                int at = ((int) slot.beginOfB() / slot.rank() + row) * GROUPS * slot.rank() + group * slot.rank();
                System.arraycopy(wider.ofB, at, own, row * slot.rank(), slot.rank());
            }
        }
        return own;
    }

    @Test
    void dropoutAndTooManyGroupsAreRefused() {
        AdapterConfig config = AdapterConfig.of(
                2, 4, false, 0.1, "silu", AnnealingSchedule.of("linear", 0, 0.8), List.of("all-linear"));

        assertThatThrownBy(() -> config.withSignGroups(2)).hasMessageContaining("dropout is not supported");
        AdapterConfig without =
                AdapterConfig.of(2, 4, false, 0, "silu", AnnealingSchedule.of("linear", 0, 0.8), List.of("k_proj"));
        assertThatThrownBy(() -> without.withSignGroups(10_000).requireFits(model.config()))
                .hasMessageContaining("sign_groups must be at most");
    }
}
