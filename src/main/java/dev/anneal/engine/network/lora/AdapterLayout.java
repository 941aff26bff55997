package dev.anneal.engine.network.lora;

import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/**
 * Positions of an adapter's matrices: all A of the model are in one flat array, all B in another, both layer by layer,
 * group by group, projection by projection.
 */
final class AdapterLayout {

    private final AdapterConfig config;
    private final LayerShape model;
    private final int layers;
    private final List<Slot> slots = new ArrayList<>();
    private long elementsOfA;
    private long elementsOfB;

    AdapterLayout(AdapterConfig config, LayerShape model) {
        this(config, model, 0, model.layers());
    }

    /** The layout of some consecutive layers alone. */
    AdapterLayout(AdapterConfig config, LayerShape model, int firstLayer, int layers) {
        config.requireFits(model);
        this.config = config;
        this.model = model;
        this.layers = layers;
        for (int layer = firstLayer; layer < firstLayer + layers; layer++) {
            for (ProjectionGroup group : ProjectionGroup.values()) {
                for (Projection projection : adapted(group)) {
                    add(layer, projection);
                }
            }
        }
    }

    private void add(int layer, Projection projection) {
        Slot slot = new Slot(
                model.adapterName(projection, layer, 'A'),
                model.adapterName(projection, layer, 'B'),
                elementsOfA,
                elementsOfB,
                config.rank(),
                projection.inputSize(model),
                projection.outputSize(model));
        slots.add(slot);
        elementsOfA += slot.elementsOfA();
        elementsOfB += slot.elementsOfB();
    }

    /** The adapted projections in order. */
    List<Slot> slots() {
        return slots;
    }

    long elementsOfA() {
        return elementsOfA;
    }

    long elementsOfB() {
        return elementsOfB;
    }

    /** Projections of a group that the adapter targets. */
    List<Projection> adapted(ProjectionGroup group) {
        return model.projections().of(group).stream()
                .filter(config.targets()::contains)
                .toList();
    }

    /** Rows of each group's stacked A, over all layers. */
    long[] rowsOfA() {
        return perGroup(group -> (long) config.rank() * adapted(group).size());
    }

    /** Columns of each group's stacked A. */
    long[] columnsOfA() {
        return perGroup(group -> group.inputSize(model));
    }

    /** Rows of each group's B, one under another. */
    long[] rowsOfB() {
        return perGroup(group -> adapted(group).stream()
                .mapToLong(projection -> projection.outputSize(model))
                .sum());
    }

    long[] columnsOfB() {
        return perGroup(group -> config.rank());
    }

    /** Rows of each group's block matrix. */
    long[] rowsOfBlocks() {
        return perGroup(group -> group.outputSize(model));
    }

    /** Elements of all block matrices. */
    long elementsOfBlocks() {
        long[] rows = rowsOfBlocks();
        long[] columns = rowsOfA();
        return IntStream.range(0, rows.length)
                .mapToLong(i -> rows[i] * columns[i])
                .sum();
    }

    /** For each group begin and end of each adapted projection among its outputs. */
    Map<ProjectionGroup, List<Long>> parts() {
        Map<ProjectionGroup, List<Long>> parts = new EnumMap<>(ProjectionGroup.class);
        for (ProjectionGroup group : ProjectionGroup.values()) {
            List<Long> ends = new ArrayList<>();
            long at = 0;
            for (Projection projection : model.projections().of(group)) {
                long end = at + projection.outputSize(model);
                if (config.targets().contains(projection)) {
                    ends.add(at);
                    ends.add(end);
                }
                at = end;
            }
            parts.put(group, ends);
        }
        return parts;
    }

    /** Adapted projections of each group of a layer. */
    long[] counts() {
        return Arrays.stream(ProjectionGroup.values())
                .mapToLong(group -> adapted(group).size())
                .toArray();
    }

    /** {@link #parts()} of the groups of a layer, one after another. */
    long[] flatParts() {
        Map<ProjectionGroup, List<Long>> parts = parts();
        return Arrays.stream(ProjectionGroup.values())
                .flatMap(group -> parts.getOrDefault(group, List.of()).stream())
                .mapToLong(Long::longValue)
                .toArray();
    }

    private long[] perGroup(ToLongFunction<ProjectionGroup> size) {
        ProjectionGroup[] groups = ProjectionGroup.values();
        long[] sizes = new long[layers * groups.length];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = size.applyAsLong(groups[i % groups.length]);
        }
        return sizes;
    }

    /**
     * The pair of matrices of one projection.
     *
     * @param nameOfA PEFT's name of A
     * @param nameOfB PEFT's name of B
     * @param beginOfA first element of A, [rank, in], in the flat array
     * @param beginOfB first element of B, [out, rank]
     */
    record Slot(String nameOfA, String nameOfB, long beginOfA, long beginOfB, int rank, int inputs, int outputs) {

        int elementsOfA() {
            return rank * inputs;
        }

        int elementsOfB() {
            return outputs * rank;
        }

        List<Long> shapeOfA() {
            return List.of((long) rank, (long) inputs);
        }

        List<Long> shapeOfB() {
            return List.of((long) outputs, (long) rank);
        }
    }
}
