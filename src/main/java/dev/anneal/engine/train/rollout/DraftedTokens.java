package dev.anneal.engine.train.rollout;

import dev.anneal.engine.network.sampling.Answer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Draft tokens of answers.
 *
 * @param passes passes of the model after those of the prompts
 * @param drafted draft tokens that they read
 * @param accepted those of them that the model chose too
 */
public record DraftedTokens(long passes, long drafted, long accepted) {

    public static final DraftedTokens NONE = new DraftedTokens(0, 0, 0);

    public static DraftedTokens of(Answer answer) {
        return new DraftedTokens(answer.steps(), answer.draftTokens(), answer.acceptedDraftTokens());
    }

    public static DraftedTokens ofAll(List<Answer> answers) {
        return answers.stream().map(DraftedTokens::of).reduce(NONE, DraftedTokens::plus);
    }

    /** Of the completions of all groups. */
    public static DraftedTokens ofRollout(List<Group> groups) {
        return Group.completions(groups).stream().map(Completion::drafted).reduce(NONE, DraftedTokens::plus);
    }

    public DraftedTokens plus(DraftedTokens other) {
        return new DraftedTokens(passes + other.passes, drafted + other.drafted, accepted + other.accepted);
    }

    /**
     * {@code acceptance_length}, tokens of a pass, and {@code draft_acceptance_rate}, the share of accepted ones,
     * without missing values.
     *
     * @param name ends the names of both
     */
    public Map<String, Double> metrics(String name) {
        Map<String, Double> metrics = new LinkedHashMap<>();
        if (passes > 0) {
            metrics.put("acceptance_length/" + name, 1 + (double) accepted / passes);
        }
        if (drafted > 0) {
            metrics.put("draft_acceptance_rate/" + name, (double) accepted / drafted);
        }
        return metrics;
    }
}
