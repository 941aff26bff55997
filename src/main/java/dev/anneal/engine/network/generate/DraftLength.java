package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.architecture.DecodingLimits;
import dev.anneal.engine.network.drafting.DraftSource;
import java.util.List;

/**
 * Decides how many draft tokens the sequences of a lane read in a step: the number with the least expected time per
 * token, on average over the sequences, by the times of recent steps and by how many of each sequence's earlier draft
 * tokens were right. So drafts end where many sequences keep the processor busy or would wait for a few, and where text
 * does not repeat itself. Not thread-safe.
 */
public final class DraftLength {

    private static final List<Integer> CHOICES = List.of(0, 1, 2, 3, 5, 7, DecodingLimits.SEQUENCE_TOKENS_OF_STEP - 1);

    /** By this factor more draft tokens must promise less time, so that noise of the times does not decide. */
    private static final double WORTH_IT = 1.05;

    /** Of a step's time, what a proposed token is expected to take where no times are known. */
    private static final double FIRST_GUESS = 0.25;

    private final StepTimes times = StepTimes.ofSteps();

    /** By the number of tokens that drafts propose for each sequence, for several sequences at a time. */
    private final StepTimes proposing = StepTimes.ofProposals();

    private final List<Integer> choices;

    private DraftLength(List<Integer> choices) {
        this.choices = choices;
    }

    public static DraftLength measured() {
        return new DraftLength(CHOICES);
    }

    /** No draft tokens. */
    public static DraftLength none() {
        return fixed(0);
    }

    /** Always this many draft tokens, if a sequence has them. */
    public static DraftLength fixed(int draftTokens) {
        return new DraftLength(List.of(draftTokens));
    }

    /** Whether the number follows measured times, so that the better source of draft tokens is to be found too. */
    public boolean isMeasured() {
        return choices.size() > 1;
    }

    /** Largest number of a sequence's draft tokens. */
    public int most() {
        return choices.get(choices.size() - 1);
    }

    /**
     * Decides for each sequence where its draft tokens in the next step come from.
     *
     * @return maximum number of draft tokens of each
     */
    public int choose(List<DraftTokens> sequences) {
        times.begin();
        proposing.begin();
        List<DraftSource> best = List.of();
        int most = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int choice : choices) {
            for (boolean isProposing : isMeasured() ? List.of(false, true) : List.of(true)) {
                List<DraftSource> sources = sequences.stream()
                        .map(drafts -> drafts.source(choice, isProposing))
                        .toList();
                double nanos = nanosPerToken(sources, choice);
                if (best.isEmpty() || WORTH_IT * nanos < least) {
                    least = nanos;
                    best = sources;
                    most = choice;
                }
            }
        }
        for (int i = 0; i < best.size(); i++) {
            sequences.get(i).use(best.get(i));
        }
        return most;
    }

    /** Sum over the sequences; infinite for more tokens than a step may read. */
    private double nanosPerToken(List<DraftSource> sources, int most) {
        int drafted = sources.stream().mapToInt(source -> source.count(most)).sum();
        int proposed = sources.stream()
                .filter(DraftSource::isProposed)
                .mapToInt(source -> source.count(most))
                .max()
                .orElse(0);
        int tokens = sources.size() + drafted;
        if (tokens > DecodingLimits.tokensOfStep(sources.size())) {
            return Double.POSITIVE_INFINITY;
        }
        double stepNanos = Math.max(1, times.nanos(tokens)) + proposingNanos(proposed);
        return stepNanos
                * sources.stream()
                        .mapToDouble(source -> 1 / (1 + source.expected(most)))
                        .sum();
    }

    private double proposingNanos(int tokens) {
        double known = proposing.nanos(tokens);
        return tokens == 0 ? 0 : known > 0 ? known : FIRST_GUESS * tokens * times.nanos(1);
    }

    /** @param tokens number of tokens that a step has read */
    public void note(int tokens, long nanos) {
        times.note(tokens, nanos);
    }

    /** @param tokens number of tokens that drafts have proposed for each sequence's next step */
    public void noteProposals(int tokens, long nanos) {
        proposing.note(tokens, nanos);
    }
}
