package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.export.weight.WeightType;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights spread over shards and merged in small blocks are those merged in one piece. */
class MergedWeightsTest {

    private static final String RUN = "silu";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void shardsHoldTheSameModel() throws IOException {
        write(100_000, 1_000, () -> {});

        try (WeightDirectory weights = WeightDirectory.open(folder.resolve("merged"))) {
            assertThat(weights.files()).hasSizeGreaterThan(2);
            assertThat(weights.names()).hasSize(20);
        }
        Files.copy(
                ExportFixture.of(RUN).base().directory().resolve(CompanionFiles.CONFIG),
                folder.resolve("merged").resolve(CompanionFiles.CONFIG));
        assertThat(ExportFixture.differenceFrom(folder.resolve("merged"), RUN, "logits_merged"))
                .isLessThan(TestDevice.tolerance(2e-5));
    }

    /** Some 500 blocks in 20 tensors: one that is large is no time in which nothing is heard of the export. */
    @Test
    void stopIsHeardBetweenBlocks() {
        AtomicInteger blocks = new AtomicInteger();

        assertThatThrownBy(() -> write(10_000_000, 1_000, () -> {
                    if (blocks.incrementAndGet() == 100) {
                        throw new CancellationException("stopped");
                    }
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(folder).isEmptyDirectory();
    }

    private void write(long shardBytes, int blockBytes, Runnable betweenBlocks) throws IOException {
        ExportFixture fixture = ExportFixture.of(RUN);
        Path base = fixture.base().directory();
        ModelConfig config = ModelConfig.read(base.resolve(CompanionFiles.CONFIG));
        Trained adapter = fixture.adapter();
        try (WeightDirectory weights = WeightDirectory.open(base);
                WeightRows rows = adapter.open(weights, config, betweenBlocks);
                StagedDirectory staged = StagedDirectory.beside(folder.resolve("merged"))) {
            ExportParts parts =
                    new ExportParts(staged, "", ExportFixture.request("merged", "base", ExportFixture.TRAINING));
            new MergedWeights(weights, rows, WeightType.BASE, blockBytes).write(staged.path(), parts, true, shardBytes);
            staged.publish();
        }
    }
}
