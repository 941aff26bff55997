package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import java.util.List;

/**
 * Decides how many draft tokens the sequences of a lane read in a step: the number with the least expected time per token, on average over
 * the sequences, by the times of recent steps and by how many of each sequence's earlier draft tokens were right. So drafts end where many
 * sequences keep the processor busy or would wait for a few, and where text does not repeat itself. Not thread-safe.
 */
final class DraftLength {

    private static final List<Integer> CHOICES = List.of(0, 1, 2, 3, 5, 7, DecodingLimits.SEQUENCE_TOKENS_OF_STEP - 1);

    /** By this factor more draft tokens must promise less time, so that noise of the times does not decide. */
    private static final double WORTH_IT = 1.05;

    private final StepTimes times = new StepTimes();

    /** By the number of tokens that draft models propose for all sequences together. */
    private final StepTimes proposing = new StepTimes();

    private final List<Integer> choices;

    private DraftLength(List<Integer> choices) {
        this.choices = choices;
    }

    static DraftLength measured() {
        return new DraftLength(CHOICES);
    }

    /** No draft tokens. */
    static DraftLength none() {
        return fixed(0);
    }

    /** Always this many draft tokens, if a sequence has them. */
    static DraftLength fixed(int draftTokens) {
        return new DraftLength(List.of(draftTokens));
    }

    /** Largest number of a sequence's draft tokens. */
    int most() {
        return choices.get(choices.size() - 1);
    }

    /** Maximum number of draft tokens of each sequence in the next step. */
    int choose(List<Drafts> sequences) {
        times.begin();
        proposing.begin();
        int best = choices.get(0);
        double least = Double.POSITIVE_INFINITY;
        int mostTokens = DecodingLimits.tokensOfStep(sequences.size());
        for (int choice : choices) {
            int tokens = sequences.stream()
                    .mapToInt(drafts -> 1 + drafts.count(choice))
                    .sum();
            int proposed = sequences.stream()
                    .mapToInt(drafts -> drafts.proposed(choice))
                    .sum();
            double nanos = nanosPerToken(
                    sequences,
                    choice,
                    Math.max(1, times.nanos(tokens)) + (proposed == 0 ? 0 : proposing.nanos(proposed)));
            if (WORTH_IT * nanos < least && tokens <= mostTokens) {
                least = nanos;
                best = choice;
            }
        }
        return best;
    }

    /** Sum over the sequences. */
    private static double nanosPerToken(List<Drafts> sequences, int most, double stepNanos) {
        return stepNanos
                * sequences.stream()
                        .mapToDouble(drafts -> 1 / (1 + drafts.expected(most)))
                        .sum();
    }

    /** @param tokens number of tokens that a step has read */
    void note(int tokens, long nanos) {
        times.note(tokens, nanos);
    }

    /** @param tokens number of tokens that draft models have proposed for the next step */
    void noteProposals(int tokens, long nanos) {
        proposing.note(tokens, nanos);
    }
}
