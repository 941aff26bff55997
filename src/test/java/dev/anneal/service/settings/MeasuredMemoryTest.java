package dev.anneal.service.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.settings.ModelProfile.LayerSize;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** The formula against peaks that engine processes were seen to reach; the head of the table says how. */
class MeasuredMemoryTest {

    private static final Map<String, ModelProfile> MODELS = Map.of(
            "anneal-tiny", profile(new Shape(6, 192, 512, 64, 3, 1536)),
            "SmolLM2-135M", profile(new Shape(30, 576, 1536, 192, 9, 49152)),
            "SmolLM2-360M", profile(new Shape(32, 960, 2560, 320, 15, 49152)));

    /**
     * @param step its rows and their tokens, for example {@code 4x256}
     * @param rank 0: all weights are trained
     */
    @ParameterizedTest
    @CsvFileSource(resources = "/measured-memory.csv", useHeadersInDisplayName = true)
    void isWithinFifteenPercent(
            String model, String precision, String step, int rank, String recomputed, int threads, long peak) {
        int[] sizes = Arrays.stream(step.split("x")).mapToInt(Integer::parseInt).toArray();
        MemoryEstimate estimate = MemoryEstimate.of(
                Objects.requireNonNull(MODELS.get(model)),
                adapter(rank),
                new EngineSetup(precision, false, threads),
                new MemoryEstimate.Rows(sizes[0], (long) sizes[0] * sizes[1], sizes[1], 0, recomputed.equals("on")));

        assertThat(estimate.totalBytes() >> 20).isCloseTo(peak, withinPercentage(15));
    }

    /** None for rank 0: all weights are trained. */
    private static @Nullable AdapterSettings adapter(int rank) {
        return rank == 0
                ? null
                : new AdapterSettings(
                        rank,
                        rank,
                        0,
                        List.of("all-linear"),
                        false,
                        "silu",
                        new AdapterSettings.Schedule("linear", 0, 0.8));
    }

    private static ModelProfile profile(Shape shape) {
        int hidden = shape.hidden();
        Map<String, LayerSize> projections = Map.of(
                "q_proj", new LayerSize(hidden, hidden),
                "k_proj", new LayerSize(hidden, shape.keys()),
                "v_proj", new LayerSize(hidden, shape.keys()),
                "o_proj", new LayerSize(hidden, hidden),
                "gate_proj", new LayerSize(hidden, shape.feedForward()),
                "up_proj", new LayerSize(hidden, shape.feedForward()),
                "down_proj", new LayerSize(shape.feedForward(), hidden));
        long ofLayer = projections.values().stream()
                .mapToLong(layer -> (long) layer.in() * layer.out())
                .sum();
        long parameters = shape.layers() * (ofLayer + 2L * hidden) + (long) shape.vocabulary() * hidden + hidden;
        return new ModelProfile(
                "", parameters, shape.layers(), hidden, shape.heads(), shape.vocabulary(), 2048, 1, projections);
    }

    /** @param keys width of all key heads together */
    private record Shape(int layers, int hidden, int feedForward, int keys, int heads, int vocabulary) {}
}
