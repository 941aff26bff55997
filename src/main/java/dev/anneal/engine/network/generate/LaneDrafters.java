package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.generate.Drafter.Verified;
import dev.anneal.engine.network.model.HiddenStates;
import dev.anneal.engine.network.torch.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The drafters of a lane's sequences, one for each draft. Closed by its owner. */
final class LaneDrafters implements AutoCloseable {

    private final NextTokens nextTokens;
    private final Lane.Size size;
    private final Map<Draft, Drafter> drafters = new LinkedHashMap<>();

    LaneDrafters(NextTokens nextTokens, Lane.Size size) {
        this.nextTokens = nextTokens;
        this.size = size;
    }

    /** Closes those that no running sequence drafts with any more, because what they use may be closed then. */
    void closeUnused(List<Sequence> running) {
        drafters.entrySet().removeIf(known -> {
            boolean goes = running.stream().noneMatch(sequence -> sequence.draft() == known.getKey());
            if (goes) {
                known.getValue().close();
            }
            return goes;
        });
    }

    /**
     * Proposes at most {@code most} tokens for each sequence that has a draft.
     *
     * @return number of tokens that were asked for
     */
    int propose(List<Sequence> running, int most) {
        if (most > 0) {
            byDraft(running).forEach((draft, sequences) -> drafter(draft).propose(sequences, most));
        }
        return running.stream()
                .mapToInt(sequence -> sequence.drafts().proposed(most))
                .sum();
    }

    private static Map<Draft, List<Sequence>> byDraft(List<Sequence> sequences) {
        Map<Draft, List<Sequence>> byDraft = new LinkedHashMap<>();
        for (Sequence sequence : sequences) {
            Draft draft = sequence.draft();
            if (draft != null) {
                byDraft.computeIfAbsent(draft, first -> new ArrayList<>()).add(sequence);
            }
        }
        return byDraft;
    }

    private Drafter drafter(Draft draft) {
        return drafters.computeIfAbsent(draft, first -> Drafter.of(first, nextTokens, size));
    }

    /** The target's residual streams that the sequences' drafts read. */
    static List<Integer> streams(List<Sequence> sequences) {
        return sequences.stream()
                .map(Sequence::draft)
                .filter(Objects::nonNull)
                .flatMap(draft -> draft.streams().stream())
                .distinct()
                .sorted()
                .toList();
    }

    /**
     * Hands on what the target has read.
     *
     * @param states with the streams of {@link #streams}
     */
    void verified(
            Scope passing, List<Verified> verified, HiddenStates states, List<Integer> streams, boolean isPrompt) {
        Map<Draft, List<Verified>> byDraft = new LinkedHashMap<>();
        for (Verified each : verified) {
            byDraft.computeIfAbsent(Objects.requireNonNull(each.sequence().draft()), first -> new ArrayList<>())
                    .add(each);
        }
        byDraft.forEach((draft, own) -> drafter(draft)
                .verified(
                        passing,
                        own,
                        new HiddenStates(
                                states.last(),
                                draft.streams().stream()
                                        .map(stream -> states.streams().get(streams.indexOf(stream)))
                                        .toList()),
                        isPrompt));
    }

    @Override
    public void close() {
        drafters.values().forEach(Drafter::close);
    }
}
