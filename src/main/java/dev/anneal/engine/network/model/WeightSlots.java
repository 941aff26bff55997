package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.LayerNorm;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.OuterWeights;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import java.util.ArrayList;
import java.util.List;

/** Where the tensors of a Hugging Face checkpoint lie in trained masters: those that share an input are one matrix. */
final class WeightSlots {

    /** Position of the norms of query and key heads among the weights of a layer. */
    static final int HEAD_NORM = 10;

    private final ModelConfig config;

    WeightSlots(ModelConfig config) {
        this.config = config;
    }

    /** A tensor of a checkpoint: its rows follow those of the tensors before it in one master. */
    record Slot(String name, List<Long> shape) {

        static Slot matrix(String name, long rows, long columns) {
            return new Slot(name, List.of(rows, columns));
        }

        static Slot vector(String name, long size) {
            return new Slot(name, List.of(size));
        }

        long elements() {
            return shape.stream().reduce(1L, Math::multiplyExact);
        }
    }

    Slot embedding() {
        return Slot.matrix(OuterWeights.EMBEDDING, config.vocabularySize(), config.hiddenSize());
    }

    Slot norm() {
        return Slot.vector(OuterWeights.NORM, config.hiddenSize());
    }

    Slot head() {
        return Slot.matrix(OuterWeights.HEAD, config.vocabularySize(), config.hiddenSize());
    }

    /** The tensors of each weight of a layer, in the order of {@link FrozenWeights#layers}; none where the family has no such weight. */
    List<List<Slot>> layer(int layer) {
        List<List<Slot>> slots = new ArrayList<>();
        slots.add(List.of(norm(LayerNorm.INPUT, layer)));
        slots.add(matrices(ProjectionGroup.ATTENTION_INPUT, layer));
        slots.add(matrices(ProjectionGroup.ATTENTION_OUTPUT, layer));
        slots.add(List.of(norm(LayerNorm.AFTER_ATTENTION, layer)));
        slots.add(matrices(ProjectionGroup.FEED_FORWARD, layer));
        slots.add(matrices(ProjectionGroup.DOWN, layer));
        for (ProjectionGroup group : ProjectionGroup.values()) {
            slots.add(config.biased().contains(group) ? biases(group, layer) : List.of());
        }
        slots.add(
                config.architecture().queryKeyNorm()
                        ? List.of(norm(LayerNorm.QUERY, layer), norm(LayerNorm.KEY, layer))
                        : List.of());
        return slots;
    }

    private Slot norm(LayerNorm norm, int layer) {
        return Slot.vector(norm.weightName(layer), norm.size(config));
    }

    private List<Slot> matrices(ProjectionGroup group, int layer) {
        List<Slot> slots = new ArrayList<>();
        for (Projection projection : group.projections()) {
            slots.add(Slot.matrix(
                    projection.weightName(layer), projection.outputSize(config), projection.inputSize(config)));
        }
        return slots;
    }

    private List<Slot> biases(ProjectionGroup group, int layer) {
        List<Slot> slots = new ArrayList<>();
        for (Projection projection : group.projections()) {
            slots.add(Slot.vector(projection.biasName(layer), projection.outputSize(config)));
        }
        return slots;
    }
}
