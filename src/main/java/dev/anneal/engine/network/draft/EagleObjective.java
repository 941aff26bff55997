package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.objective.DistillationLoss;
import java.util.List;

/**
 * What a head minimises: the weighted sum over steps and trained positions of the divergence from the target's
 * distributions, and of the SmoothL1 distance from its states.
 *
 * @param weights of each step's divergence; there are as many steps
 * @param regression weight of the distance; 0 in EAGLE-3
 */
public record EagleObjective(DistillationLoss loss, List<Double> weights, double regression) {

    public EagleObjective {
        weights = List.copyOf(weights);
        if (weights.isEmpty()) {
            throw new IllegalArgumentException("a head learns in at least one step");
        }
    }

    public int steps() {
        return weights.size();
    }
}
