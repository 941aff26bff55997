package dev.anneal.engine.train;

import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.Excerpt;
import dev.anneal.engine.train.rollout.Group;
import dev.anneal.engine.train.rollout.Wording;
import dev.anneal.protocol.Progress;
import java.util.ArrayList;
import java.util.List;

/** Completions of a rollout word for word: what is being rewarded, which averages do not show. */
final class RolloutSamples {

    /** Groups that are shown of a rollout. */
    private static final int GROUPS = 4;

    /** Completions that are shown of a group. */
    private static final int COMPLETIONS = 8;

    private RolloutSamples() {}

    /** @param step the step that the rollout is for, 1 for the first */
    static Progress.Samples of(int step, double beta, List<Group> groups, Wording wording) {
        List<Progress.Samples.Completion> samples = new ArrayList<>();
        for (Group group : groups.subList(0, Math.min(GROUPS, groups.size()))) {
            String prompt = wording.text().apply(group.prompt().ids());
            for (Completion completion : group.completions()
                    .subList(0, Math.min(COMPLETIONS, group.completions().size()))) {
                samples.add(new Progress.Samples.Completion(
                        group.prompt().line(),
                        Excerpt.end(prompt),
                        Excerpt.begin(completion.text()),
                        completion.length(),
                        completion.isCut(),
                        completion.reward(),
                        completion.faults()));
            }
        }
        return new Progress.Samples(step, beta, samples);
    }
}
