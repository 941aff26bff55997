package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.SeveralRanksTest.Arm;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole trainings of adapters with groups of signs. */
class SignGroupsTrainingTest {

    @TempDir
    Path folder;

    private static AdapterSettings grouped() {
        AdapterSettings silu = TrainingFixture.settingsOf(GoldenRun.of("silu").config());
        return new AdapterSettings(
                silu.rank(), silu.alpha(), 0, silu.targetModules(), silu.rslora(), "relu", silu.schedule(), 4);
    }

    /** Also where the trained adapter decodes: rollouts, and drafts whose acceptance is measured. */
    @ParameterizedTest
    @EnumSource(names = {"PREFERENCE", "REINFORCEMENT", "DRAFT", "HEAD"})
    void eachMethodTrainsThem(Arm arm) throws IOException {
        try (DecoderModel model = SeveralRanksTest.load(arm.model)) {
            TrainingFixture fixture = arm.of(model, folder.resolve("attempt")).adapter(grouped());

            assertThat(fixture.run()).isEqualTo(Trainer.Outcome.COMPLETED);
            assertThat(fixture.steps())
                    .hasSize(arm.steps())
                    .allSatisfy(step -> assertThat(step.get(Figure.GRAD_NORM)).isPositive());
        }
    }

    @Test
    void theyLearnAndResumeToTheSameBits() throws IOException {
        AdapterSettings grouped = grouped();
        try (DecoderModel model =
                DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME)) {
            TrainingFixture whole = new TrainingFixture(model, folder.resolve("whole")).adapter(grouped);
            whole.run();
            TrainingFixture stopped = new TrainingFixture(model, folder.resolve("part"))
                    .adapter(grouped)
                    .threads(2)
                    .stoppingAfter(10);
            stopped.run();
            TrainingFixture resumed = new TrainingFixture(model, folder.resolve("part"))
                    .adapter(grouped)
                    .resuming(stopped.checkpoint(10));
            resumed.run();

            assertThat(resumed.checkpoint(24).resolve(CheckpointFolder.ADAPTER))
                    .hasSameBinaryContentAs(whole.checkpoint(24).resolve(CheckpointFolder.ADAPTER));
            assertThat(whole.steps().get(23).get(Figure.TRAIN_LOSS)).isLessThan(5.6);
        }
    }
}
