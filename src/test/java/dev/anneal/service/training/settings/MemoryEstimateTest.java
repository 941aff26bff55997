package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.service.platform.process.EngineSetup;
import org.junit.jupiter.api.Test;

/** The memory of docs/training-settings.md where projections are in 4 bits, or rows are cut. */
class MemoryEstimateTest {

    /** Weights of a layer's projections. */
    private static final long OF_LAYER = 192 * (2 * 192 + 2 * 64) + 3 * 192 * 512;

    /** 0.516 bytes a weight of the layers, and a layer's matrices for each of the threads that work and one more. */
    @Test
    void projectionsInFourBitsTakeAQuarterAndBuffers() {
        EngineSetup bf16 = new EngineSetup("cpu", "bf16", false, 2);
        long ofLayers = 6 * OF_LAYER;

        MemoryEstimate one = MemoryEstimate.of(
                SettingsResolverTest.TINY.kept(true, 1),
                SettingsResolverTest.read("").adapter(),
                bf16,
                MemoryEstimate.Rows.kept(1, 100));
        MemoryEstimate two = MemoryEstimate.of(
                SettingsResolverTest.TINY.kept(true, 1),
                SettingsResolverTest.read("").adapter(),
                bf16,
                MemoryEstimate.Rows.kept(8, 100));

        long kept = 2 * (2_656_704 - ofLayers) + ofLayers / 2 + ofLayers / 64 + 4 * ofLayers / 64 / 256;
        assertThat(one.weightsBytes()).isEqualTo(kept + 2 * OF_LAYER);
        assertThat(two.weightsBytes()).isEqualTo(kept + 3 * 2 * OF_LAYER);
        assertThat(SettingsResolverTest.resolve(
                                ", 'anneal': {'base_precision': 'nf4'}", SettingsResolverTest.THOUSAND_ROWS)
                        .memory())
                .isEqualTo(MemoryEstimate.of(
                        SettingsResolverTest.TINY.kept(true, 1),
                        SettingsResolverTest.read("").adapter(),
                        SettingsResolverTest.FP32,
                        new MemoryEstimate.Rows(8, 640, 80, 50_000, false, 0)));
    }

    /** A share of the layers' weights, and the buffers in which they are put together. */
    @Test
    void aDeviceKeepsItsShareOfProjections() {
        EngineSetup bf16 = new EngineSetup("cpu", "bf16", false, 1);
        long ofLayers = 6 * OF_LAYER;

        MemoryEstimate shared = MemoryEstimate.of(
                SettingsResolverTest.TINY.kept(false, 4),
                SettingsResolverTest.read("").adapter(),
                bf16,
                MemoryEstimate.Rows.kept(8, 100));

        assertThat(shared.weightsBytes()).isEqualTo(2 * (2_656_704 - ofLayers) + 2 * ofLayers / 4 + 2 * OF_LAYER);
        assertThat(SettingsResolverTest.resolve(
                                ", 'anneal': {'base_placement': 'sharded', 'devices': 2}",
                                SettingsResolverTest.THOUSAND_ROWS)
                        .memory()
                        .weightsBytes())
                .isEqualTo(MemoryEstimate.of(
                                SettingsResolverTest.TINY.kept(false, 2),
                                SettingsResolverTest.read("").adapter(),
                                SettingsResolverTest.FP32,
                                new MemoryEstimate.Rows(8, 640, 80, 50_000, false, 0))
                        .weightsBytes());
    }

    @Test
    void memoryIsThatOfTheLongestRowAsItIsCut() {
        DatasetSize data = new DatasetSize(1000, 600, 50_000, 20_000, 5000, 0, CommonBeginnings.NONE);

        assertThat(SettingsResolverTest.resolve(", 'anneal': {'max_length': 100}", data)
                        .memory())
                .isEqualTo(MemoryEstimate.of(
                        SettingsResolverTest.TINY,
                        SettingsResolverTest.read("").adapter(),
                        SettingsResolverTest.FP32,
                        new MemoryEstimate.Rows(8, 800, 100, 50_000, false, 0)));
    }
}
