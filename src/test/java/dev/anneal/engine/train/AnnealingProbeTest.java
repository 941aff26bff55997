package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.WidestGap;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a training tells of its adapter while beta falls. */
class AnnealingProbeTest {

    private static final String GAP = "annealing/gap";
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

    @Test
    void theGapIsWhatAMergeOfTheCheckpointWouldAddToTheLoss() throws IOException {
        TrainingFixture fixture = new TrainingFixture(model, folder).savingEvery(10);
        fixture.run();

        List<Progress.Step> measured = fixture.steps().stream()
                .filter(step -> step.figures().containsKey(GAP))
                .toList();
        assertThat(measured).extracting(Progress.Step::step).containsExactly(11, 21);
        double beta = 1 - 10 / 24.0;
        try (Adapter adapter = Adapter.load(
                model, GoldenRun.of("silu").config(), fixture.checkpoint(10).resolve(CheckpointFolder.ADAPTER))) {
            double annealed = loss(adapter, beta);
            double merged = loss(adapter, 0);
            assertThat(merged).isNotEqualTo(annealed);
            assertThat(measured.get(0).figures().get(GAP)).isCloseTo(merged - annealed, within(1e-6));
        }
        assertThat(measured.get(0).figures().get("annealing/even_share")).isBetween(0.001, 0.5);
        assertThat(measured.get(0).figures().get("annealing/adapter_share")).isBetween(0.01, 2.0);
    }

    /** Of the rows that are probed: half as many as a step has, in whole pairs. */
    private static double loss(Adapter adapter, double beta) {
        List<EncodedRow> rows = GoldenBatches.forPlan().subList(0, Math.max(2, GoldenBatches.STEP_ROWS / 4 * 2));
        LossSums sums = LossSums.NONE;
        for (MicroBatch batch : MicroBatch.split(rows, 1, Sharing.NONE, DeviceLimits.CPU)) {
            sums = sums.plus(
                    model.loss(model.scope(), batch.input(null), adapter.apply(beta, AdapterDropout.NONE), () -> {}));
        }
        return sums.mean();
    }

    @Test
    void measuringChangesNothing() throws IOException {
        TrainingFixture measured = new TrainingFixture(model, folder.resolve("a"));
        measured.run();
        TrainingFixture stopped = new TrainingFixture(model, folder.resolve("b")).stoppingAfter(10);
        stopped.run();
        TrainingFixture resumed = new TrainingFixture(model, folder.resolve("b")).resuming(stopped.checkpoint(10));
        resumed.run();

        assertThat(resumed.steps().get(0).figures().get(GAP))
                .isEqualTo(measured.steps().get(10).figures().get(GAP));
    }

    /** Else a training that goes on would take the next gap for the widest, and warn. */
    @Test
    void theWidestGapIsKept() throws IOException {
        TrainingFixture stopped = matched().savingEvery(8).stoppingAfter(15);
        stopped.run();
        double gap = Objects.requireNonNull(stopped.steps().get(10).figures().get(GAP));
        Path checkpoint = stopped.checkpoint(15);
        TrainingFixture resumed = matched().savingEvery(8).resuming(checkpoint);
        resumed.run();

        WidestGap kept = new WidestGap(gap, 1 - 10 / 24.0, false);
        assertThat(CheckpointFolder.open(checkpoint).state().widestGap()).isEqualTo(kept);
        assertThat(CheckpointFolder.open(resumed.checkpoint(16)).state().widestGap())
                .isEqualTo(kept);
    }

    private TrainingFixture matched() {
        AdapterSettings silu = TrainingFixture.settingsOf(GoldenRun.of("silu").config());
        return new TrainingFixture(model, folder)
                .adapter(new AdapterSettings(
                        silu.rank(),
                        silu.alpha(),
                        0,
                        silu.targetModules(),
                        silu.rslora(),
                        "matched_relu",
                        silu.schedule()));
    }

    @Test
    void aPlainLoraHasNoGap() throws IOException {
        AdapterSettings silu = TrainingFixture.settingsOf(GoldenRun.of("silu").config());
        TrainingFixture fixture = new TrainingFixture(model, folder)
                .adapter(new AdapterSettings(
                        silu.rank(), silu.alpha(), 0, silu.targetModules(), silu.rslora(), "none", silu.schedule()));
        fixture.run();

        assertThat(fixture.steps()).noneMatch(step -> step.figures().containsKey(GAP));
    }
}
