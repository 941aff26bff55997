package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.ModelForm;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A training on a base in 4 bits has the bits of one on the weights that these stand for. */
class Nf4TrainingTest {

    private static final Path BASE = GoldenTensors.path("nf4/model");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"FLOAT32,1,off,0", "FLOAT32,2,on,0.1", "BFLOAT16,2,off,0", "BFLOAT16,1,on,0"})
    void supervised(ElementType precision, int threads, String checkpointing, double dropout) throws IOException {
        requireEqualBits(
                precision,
                training -> training.rows(GoldenBatches.ofLength(200))
                        .adapter(dropping(dropout))
                        .threads(threads)
                        .activationCheckpointing(checkpointing)
                        .validating(GoldenBatches.forPlan().subList(0, 4), 3)
                        .lasting(6));
    }

    @Test
    void preferenceWithRowsThatBeginAlike() throws IOException {
        requireEqualBits(
                ElementType.FLOAT32,
                training -> training.rows(PreferenceTrainingTest.PAIRS)
                        .preferring(new TrainingMethod.Dpo(0.1, "sigmoid", 0))
                        .threads(2)
                        .lasting(6));
    }

    @Test
    void reinforcement() throws IOException {
        TrainingMethod.Policy policy = PromptFixture.policy("grpo", 0.1);
        requireEqualBits(
                ElementType.FLOAT32,
                training -> training.reinforcing(
                                PromptFixture.method(PromptFixture.LIKENESS, policy, PromptFixture.MAX_TOKENS, 1),
                                PromptFixture.prompts(PromptFixture.LIKENESS, 8),
                                4,
                                2)
                        .threads(2)
                        .lasting(4));
    }

    /** Decoding of resident weights in bf16 packs them, which has other bits. */
    @Test
    void rewardsRiseInBf16() throws IOException {
        try (DecoderModel model = DecoderModel.load(BASE, ElementType.BFLOAT16, TestDevice.NAME, ModelForm.NF4)) {
            TrainingFixture training = new TrainingFixture(model, folder)
                    .optimizer(PolicyTrainingTest.QUICK)
                    .threads(2)
                    .reinforcing(
                            PromptFixture.method(
                                    PromptFixture.LETTER, PromptFixture.policy("grpo", 0), PromptFixture.MAX_TOKENS, 1),
                            PromptFixture.prompts(PromptFixture.LETTER, 8),
                            4,
                            12)
                    .lasting(24);
            training.run();

            List<Double> rewards = training.steps().stream()
                    .map(step -> Objects.requireNonNull(step.ofMethod().get("reward")))
                    .toList();
            assertThat(mean(rewards.subList(18, 24))).as("%s", rewards).isGreaterThan(mean(rewards.subList(0, 6)));
        }
    }

    private void requireEqualBits(ElementType precision, UnaryOperator<TrainingFixture> settings) throws IOException {
        TrainingFixture kept;
        TrainingFixture whole;
        try (DecoderModel model = DecoderModel.load(BASE, precision, TestDevice.NAME, ModelForm.NF4.byRow())) {
            int held = model.scope().held();
            kept = settings.apply(new TrainingFixture(model, folder.resolve("kept")));
            kept.run();
            assertThat(model.scope().held())
                    .as("matrices of at most three buffers")
                    .isLessThanOrEqualTo(held + 12);
        }
        try (DecoderModel model = DecoderModel.load(BASE, precision, TestDevice.NAME, ModelForm.RESIDENT.byRow())) {
            whole = settings.apply(new TrainingFixture(model, folder.resolve("whole")));
            whole.run();
        }
        assertThat(losses(kept)).isEqualTo(losses(whole)).doesNotContainNull();
        assertThat(kept.eventsOf(Progress.Validation.class)).isEqualTo(whole.eventsOf(Progress.Validation.class));
        assertThat(adapter(kept)).isEqualTo(adapter(whole));
    }

    private static List<Double> losses(TrainingFixture training) {
        return training.steps().stream()
                .map(step -> step.get(Figure.TRAIN_LOSS))
                .toList();
    }

    private static byte[] adapter(TrainingFixture training) throws IOException {
        int last = training.steps().size();
        return Files.readAllBytes(training.checkpoint(last).resolve(CheckpointFolder.ADAPTER));
    }

    private static AdapterSettings dropping(double dropout) {
        return new AdapterSettings(
                4, 8, dropout, List.of("all-linear"), false, "silu", new AdapterSettings.Schedule("linear", 0, 1));
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
