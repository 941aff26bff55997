package dev.anneal.engine.train.preference;

import dev.anneal.engine.train.preference.PreferenceObjective.Pair;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** Metrics of pairs under TRL's names, as means. */
record PreferenceMetrics(List<Pair> pairs) {

    double loss() {
        return mean(pair -> pair.outcome().loss());
    }

    /** The finite metrics. A pair counts as correct if its chosen reward is above the rejected one. */
    Map<String, Double> byName() {
        Map<String, Double> all = new TreeMap<>();
        all.put("rewards/chosen", mean(pair -> pair.outcome().chosenReward()));
        all.put("rewards/rejected", mean(pair -> pair.outcome().rejectedReward()));
        all.put("rewards/margins", mean(pair -> pair.outcome().margin()));
        all.put("rewards/accuracies", mean(pair -> pair.outcome().margin() > 0 ? 1 : 0));
        all.put("logps/chosen", mean(Pair::chosen));
        all.put("logps/rejected", mean(Pair::rejected));
        all.values().removeIf(value -> !Double.isFinite(value));
        return all;
    }

    private double mean(ToDoubleFunction<Pair> value) {
        return pairs.stream().mapToDouble(value).sum() / pairs.size();
    }
}
