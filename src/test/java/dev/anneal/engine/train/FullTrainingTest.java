package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Training all weights of a model: fp32 masters, whatever the model computes in, that a checkpoint holds with the
 * model's own names.
 */
class FullTrainingTest {

    @TempDir
    Path folder;

    /** Tied and untied, norms of heads, weights in fp32 and bf16 files, one of them sharded. */
    @ParameterizedTest
    @CsvSource({"qwen3, FLOAT32", "qwen3, BFLOAT16", "llama-untied-gqa, FLOAT32", "llama-untied-gqa, BFLOAT16"})
    void aResumedTrainingHasTheBitsOfAnUndisturbedOne(String name, ElementType precision) throws IOException {
        TrainingFixture whole;
        try (DecoderModel model = load(name, precision)) {
            whole = fixture(model, "whole");
            assertThat(whole.run()).isEqualTo(Trainer.Outcome.COMPLETED);
        }
        TrainingFixture first;
        try (DecoderModel model = load(name, precision)) {
            first = fixture(model, "first").stoppingAfter(7);
            assertThat(first.run()).isEqualTo(Trainer.Outcome.STOPPED);
        }
        TrainingFixture second;
        try (DecoderModel model = load(name, precision)) {
            second = fixture(model, "second").threads(2).resuming(first.checkpoint(7));
            assertThat(second.run()).isEqualTo(Trainer.Outcome.COMPLETED);
        }

        assertThat(second.steps())
                .extracting(step -> step.get(Figure.TRAIN_LOSS))
                .isEqualTo(whole.steps().subList(7, 24).stream()
                        .map(step -> step.get(Figure.TRAIN_LOSS))
                        .toList());
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors"}) {
            assertThat(second.checkpoint(24).resolve(file))
                    .hasSameBinaryContentAs(whole.checkpoint(24).resolve(file));
        }
        assertThat(Files.exists(second.checkpoint(24).resolve(CheckpointFolder.ADAPTER)))
                .isFalse();
        assertThat(whole.steps().get(23).get(Figure.TRAIN_LOSS))
                .isLessThan(Objects.requireNonNull(whole.steps().get(0).get(Figure.TRAIN_LOSS)) / 2);
    }

    @Test
    void mastersBeginAsTheFilesHaveThemAndAllChange() throws IOException {
        Map<String, float[]> before = GoldenTensors.all("models/qwen3/model.safetensors");
        try (DecoderModel model = load("qwen3", ElementType.BFLOAT16)) {
            TrainingFixture begun = fixture(model, "begun").stoppingWhen(() -> true);
            begun.run();
            assertThat(masters(begun, 0)).usingRecursiveComparison().isEqualTo(before);

            TrainingFixture trained = fixture(model, "trained").stoppingAfter(2);
            trained.run();
            Map<String, float[]> after = masters(trained, 2);
            assertThat(after.keySet()).isEqualTo(before.keySet());
            after.forEach((tensor, values) -> assertThat(values).as(tensor).isNotEqualTo(before.get(tensor)));
        }
    }

    @Test
    void aCheckpointOfAnAdapterIsNotItsContinuation() throws IOException {
        try (DecoderModel model = load("llama-tied", ElementType.FLOAT32)) {
            TrainingFixture adapter = new TrainingFixture(model, folder.resolve("adapter")).stoppingAfter(1);
            adapter.run();

            TrainingException refused = catchThrowableOfType(
                    TrainingException.class,
                    () -> fixture(model, "full").resuming(adapter.checkpoint(1)).run());

            assertThat(refused.code()).isEqualTo(TrainingException.Code.CHECKPOINT_MISMATCH);
        }
    }

    private static Map<String, float[]> masters(TrainingFixture training, int step) throws IOException {
        return TensorsOf.file(training.checkpoint(step).resolve("model.safetensors"));
    }

    private TrainingFixture fixture(DecoderModel model, String attempt) {
        return new TrainingFixture(model, folder.resolve(attempt))
                .adapter(null)
                .optimizer(new TrainingSettings.Optimizer(3e-3, "linear", 0, 0.01, 1, 1));
    }

    private static DecoderModel load(String name, ElementType precision) throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/" + name), precision, TestDevice.NAME);
    }
}
