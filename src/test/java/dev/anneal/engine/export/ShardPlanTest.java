package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Weights larger than a shard are spread over several, with an index that the reader accepts. */
class ShardPlanTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void smallWeightsGoIntoOneFile() {
        ShardPlan plan = ShardPlan.of(List.of(tensor("a", 4), tensor("b", 4)), 8);

        assertThat(plan.shards()).hasSize(1);
        assertThat(plan.nameOf(0)).isEqualTo("model.safetensors");
    }

    @Test
    void shardsAreFilledInOrderAndNoTensorIsSplit() {
        ShardPlan plan = ShardPlan.of(List.of(tensor("a", 4), tensor("b", 5), tensor("c", 20), tensor("d", 1)), 8);

        assertThat(plan.shards().stream()
                        .map(shard -> shard.stream().map(TensorData::name).toList()))
                .containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
        assertThat(plan.nameOf(2)).isEqualTo("model-00003-of-00004.safetensors");
    }

    @Test
    void indexAgreesWithTheShards() throws IOException {
        ShardPlan plan = ShardPlan.of(List.of(tensor("a", 8), tensor("b", 5)), 8);
        for (int i = 0; i < plan.shards().size(); i++) {
            SafetensorsWriter.write(
                    folder.resolve(plan.nameOf(i)), plan.shards().get(i));
        }
        plan.writeIndex(folder);

        assertThat(folder.resolve(WeightDirectory.INDEX)).content().contains("\"total_size\": 13");
        try (WeightDirectory weights = WeightDirectory.open(folder)) {
            assertThat(weights.names()).containsExactly("a", "b");
        }
    }

    private static TensorData tensor(String name, int bytes) {
        return TensorData.of(name, Dtype.U8, List.of((long) bytes), ByteBuffer.allocate(bytes));
    }
}
