package dev.anneal.service.training.settings;

import dev.anneal.engine.network.architecture.LayerWidths;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.service.training.settings.ModelProfile.LayerSize;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands in the tables of measured trainings. */
public final class MeasuredWork {

    private static final Map<String, ModelProfile> MODELS = Map.of(
            "anneal-tiny", profile(new Shape(6, 192, 512, 64, 3, 1536)),
            "SmolLM2-135M", profile(new Shape(30, 576, 1536, 192, 9, 49152)),
            "SmolLM2-360M", profile(new Shape(32, 960, 2560, 320, 15, 49152)));

    private MeasuredWork() {}

    public static ModelProfile model(String name) {
        return Objects.requireNonNull(MODELS.get(name), name);
    }

    /** @param step for example {@code 4x256} */
    public static int[] rowsAndTokens(String step) {
        return Arrays.stream(step.split("x")).mapToInt(Integer::parseInt).toArray();
    }

    /** @param rank of an adapter, with groups of signs for example {@code 16x8}; null for 0: all weights are trained */
    public static @Nullable AdapterSettings adapter(String rank) {
        String[] shape = rank.split("x", 2);
        int own = Integer.parseInt(shape[0]);
        return own == 0
                ? null
                : new AdapterSettings(
                        own,
                        own,
                        0,
                        List.of("all-linear"),
                        false,
                        "silu",
                        new AdapterSettings.Schedule("linear", 0, 0.8),
                        shape.length == 1 ? 1 : Integer.parseInt(shape[1]));
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
                "",
                parameters,
                shape.layers(),
                hidden,
                shape.heads(),
                shape.vocabulary(),
                2048,
                ModelProfile.BaseRates.ofModel(1),
                projections,
                null,
                false,
                1,
                true,
                new LayerWidths(hidden, hidden + 2 * shape.keys(), hidden, shape.feedForward(), false));
    }

    /** @param keys width of all key heads together */
    private record Shape(int layers, int hidden, int feedForward, int keys, int heads, int vocabulary) {}
}
