package dev.anneal.engine.train.rollout;

import dev.anneal.engine.text.data.EncodedPrompt;
import java.util.List;
import java.util.Objects;

/** The completions of one prompt, which are compared with each other. */
public record Group(EncodedPrompt prompt, List<Completion> completions) {

    public Group {
        completions = List.copyOf(completions);
    }

    /** Rewards of those that have one, in their order. */
    public double[] rewards() {
        return completions.stream()
                .map(Completion::reward)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .toArray();
    }
}
