package dev.anneal.engine.train.rollout;

import dev.anneal.engine.math.objective.Advantages;
import java.util.ArrayList;
import java.util.List;

/** Advantages of the completions of groups. One without a verdict of the grader takes no part in its group and has the advantage 0. */
public final class GroupAdvantages {

    private GroupAdvantages() {}

    /** @return the advantage of each completion of each group */
    public static List<double[]> of(List<Group> groups, Advantages.Scale scale) {
        List<double[]> graded =
                Advantages.of(groups.stream().map(Group::rewards).toList(), scale);
        List<double[]> all = new ArrayList<>();
        for (int group = 0; group < groups.size(); group++) {
            all.add(spread(groups.get(group).completions(), graded.get(group)));
        }
        return all;
    }

    private static double[] spread(List<Completion> completions, double[] graded) {
        double[] spread = new double[completions.size()];
        int next = 0;
        for (int i = 0; i < spread.length; i++) {
            if (completions.get(i).reward() != null) {
                spread[i] = graded[next++];
            }
        }
        return spread;
    }
}
