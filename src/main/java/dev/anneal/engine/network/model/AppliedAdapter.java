package dev.anneal.engine.network.model;

import dev.anneal.engine.network.architecture.LayerShape;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * An adapter in the decoder's form, in the precision of the frozen weights.
 *
 * @param layers for each layer A and B of each {@link ProjectionGroup} in their order: A stacked, [S, in]; B as a block
 *     matrix that holds the scale, [out, S]. With groups of signs B has no zeros, [adapted outs, r], and the signs
 *     follow, [G, G]
 * @param parts for each group begin and end of each adapted projection among the group's outputs; empty if none is
 *     adapted
 * @param scale s, already in B; gradients of B need it
 * @param activation the program's number of sigma: 0 relu, 1 silu, 2 gelu, 3 to 5 twice these
 * @param beta share of the activation
 * @param dropout of the inputs of A; only in training
 */
public record AppliedAdapter(
        List<List<Tensor>> layers,
        Map<ProjectionGroup, List<Long>> parts,
        double scale,
        int activation,
        double beta,
        AdapterDropout dropout) {

    public AppliedAdapter {
        layers = List.copyOf(layers);
        parts = Map.copyOf(parts);
    }

    /** The same tensors with another beta and dropout. */
    public AppliedAdapter with(double newBeta, AdapterDropout newDropout) {
        return new AppliedAdapter(layers, parts, scale, activation, newBeta, newDropout);
    }

    /** Whether its outputs are in groups that see the inputs with signs of their own. */
    public boolean hasSigns() {
        return layers.get(0).size() > 2 * ProjectionGroup.values().length;
    }

    /** The same adapter with other tensors of the same values. */
    public AppliedAdapter with(List<List<Tensor>> newLayers) {
        return new AppliedAdapter(newLayers, parts, scale, activation, beta, dropout);
    }

    /** No adapter: matrices of rank 0, which the program skips. */
    public static AppliedAdapter none(TensorScope scope, LayerShape config, ElementType precision) {
        List<Tensor> layer = new ArrayList<>();
        Map<ProjectionGroup, List<Long>> parts = new EnumMap<>(ProjectionGroup.class);
        for (ProjectionGroup group : ProjectionGroup.values()) {
            layer.add(scope.zeros(precision, 0, group.inputSize(config)));
            layer.add(scope.zeros(precision, group.outputSize(config), 0));
            parts.put(group, List.of());
        }
        List<List<Tensor>> layers = Collections.nCopies(config.layers(), List.copyOf(layer));
        return new AppliedAdapter(layers, parts, 1, 0, 0, AdapterDropout.NONE);
    }

    /** Begin and end of each adapted projection among a group's outputs. */
    public long[] parts(ProjectionGroup group) {
        List<Long> ends = parts.getOrDefault(group, List.of());
        return ends.stream().mapToLong(Long::longValue).toArray();
    }
}
