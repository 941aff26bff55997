package dev.anneal.engine.train.rollout;

import dev.anneal.engine.math.objective.Advantages;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The metrics of a rollout under the names of TRL's GRPOTrainer, without missing values. */
public final class RolloutMetrics {

    private RolloutMetrics() {}

    /**
     * @param grader name of the rewards, unless a formula combines several graders
     * @return finite values
     */
    public static Map<String, Double> of(List<Group> groups, String grader) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        List<Completion> completions = Group.completions(groups);
        rewards(metrics, groups);
        parts(metrics, completions, grader);
        lengths(metrics, "", completions);
        lengths(
                metrics,
                "terminated_",
                completions.stream().filter(each -> !each.isCut()).toList());
        metrics.put(
                "completions/clipped_ratio",
                share(completions.stream().filter(Completion::isCut).count(), completions));
        metrics.put(
                "rewards/failed_ratio",
                share(completions.stream().filter(each -> each.reward() == null).count(), completions));
        return metrics;
    }

    private static double share(long count, List<Completion> of) {
        return of.isEmpty() ? 0 : (double) count / of.size();
    }

    private static void rewards(Map<String, Double> metrics, List<Group> groups) {
        List<double[]> rewards = groups.stream()
                .map(Group::rewards)
                .filter(each -> each.length > 0)
                .toList();
        if (rewards.isEmpty()) {
            return;
        }
        metrics.put(
                "reward",
                rewards.stream().flatMapToDouble(Arrays::stream).average().orElseThrow());
        metrics.put(
                "reward_std",
                rewards.stream().mapToDouble(Advantages::deviation).average().orElseThrow());
        long even = rewards.stream().filter(Advantages::isEven).count();
        metrics.put("frac_reward_zero_std", (double) even / rewards.size());
    }

    private static void parts(Map<String, Double> metrics, List<Completion> completions, String grader) {
        Map<String, List<Double>> values = new TreeMap<>();
        for (Completion completion : completions) {
            Map<String, @Nullable Double> parts = completion.grade().parts();
            if (parts.isEmpty()) {
                add(values, grader, completion.reward());
            }
            parts.forEach((name, value) -> add(values, name, value));
        }
        values.forEach((name, each) -> {
            double[] known = each.stream().mapToDouble(Double::doubleValue).toArray();
            metrics.put(
                    "rewards/" + name + "/mean", Arrays.stream(known).average().orElseThrow());
            metrics.put("rewards/" + name + "/std", Advantages.deviation(known));
        });
    }

    private static void add(Map<String, List<Double>> values, String name, @Nullable Double value) {
        if (value != null) {
            values.computeIfAbsent(name, key -> new ArrayList<>()).add(value);
        }
    }

    private static void lengths(Map<String, Double> metrics, String of, List<Completion> completions) {
        DoubleSummaryStatistics lengths =
                completions.stream().mapToDouble(Completion::length).summaryStatistics();
        if (lengths.getCount() > 0) {
            metrics.put("completions/mean_" + of + "length", lengths.getAverage());
            metrics.put("completions/min_" + of + "length", lengths.getMin());
            metrics.put("completions/max_" + of + "length", lengths.getMax());
        }
    }
}
