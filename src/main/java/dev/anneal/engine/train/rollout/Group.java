package dev.anneal.engine.train.rollout;

import dev.anneal.engine.math.objective.Advantages;
import dev.anneal.engine.text.data.EncodedPrompt;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The completions of one prompt, which are compared with each other. */
public record Group(EncodedPrompt prompt, List<Completion> completions) {

    public Group {
        completions = List.copyOf(completions);
    }

    /** The completions of all groups, in order. */
    public static List<Completion> completions(List<Group> groups) {
        return groups.stream().flatMap(group -> group.completions().stream()).toList();
    }

    /** Rewards of completions that have one, in order. */
    public double[] rewards() {
        return completions.stream()
                .map(Completion::reward)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }

    /**
     * The advantage of each completion of each group. One without a reward does not count in its group and has the
     * advantage 0.
     */
    public static List<double[]> advantages(List<Group> groups, Advantages.Scale scale) {
        List<double[]> graded =
                Advantages.of(groups.stream().map(Group::rewards).toList(), scale);
        List<double[]> all = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            List<Completion> completions = groups.get(group).completions();
            double[] own = new double[completions.size()];
            int next = 0;
            for (int i = 0; i < own.length; i++) {
                own[i] = completions.get(i).reward() == null ? 0 : graded.get(group)[next++];
            }
            all.add(own);
        }
        return all;
    }
}
