package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.generate.Drafter.Verified;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.TensorScope;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/** The drafters of a lane's sequences, one for each draft. Closed by its owner. */
final class LaneDrafters implements AutoCloseable {

    private static final Logger LOG = System.getLogger(LaneDrafters.class.getName());

    private final NextTokens nextTokens;
    private final Lane.Size size;

    /** Drafts that are no longer used. */
    private final Set<Draft> failed = new HashSet<>();

    private final Map<Draft, Drafter> drafters = new LinkedHashMap<>();

    LaneDrafters(NextTokens nextTokens, Lane.Size size) {
        this.nextTokens = nextTokens;
        this.size = size;
    }

    /**
     * Forgets sequences that have ended. Drafters that no running sequence drafts with any more are closed, because
     * what they use may be closed then.
     */
    void keep(List<GeneratedSequence> running) {
        drafters.entrySet().removeIf(known -> {
            boolean goes = running.stream().noneMatch(sequence -> sequence.draft() == known.getKey());
            if (goes) {
                known.getValue().close();
            } else {
                known.getValue().keep(running);
            }
            return goes;
        });
    }

    /**
     * Drafts propose at most {@code most} tokens for each of their sequences. If one sequence is to have some, all of
     * its draft get some, because a draft reads several at a time.
     *
     * @return whether any did
     */
    boolean propose(List<GeneratedSequence> running, int most) {
        byDraft(running).forEach((draft, sequences) -> {
            if (areNeeded(sequences, most)) {
                attempt(draft, drafter -> drafter.propose(sequences, most));
                sequences.forEach(sequence -> sequence.drafts().settle());
            }
        });
        return areNeeded(running, most);
    }

    private static boolean areNeeded(List<GeneratedSequence> sequences, int most) {
        return sequences.stream().anyMatch(sequence -> sequence.drafts().proposals(most) > 0);
    }

    /** A draft changes no answer, so its failure ends none: the lane goes on without it. */
    private void attempt(Draft draft, Consumer<Drafter> work) {
        if (failed.contains(draft)) {
            return;
        }
        try {
            work.accept(drafter(draft));
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "A draft failed; its sequences go on without it", e);
            failed.add(draft);
            Drafter drafter = drafters.remove(draft);
            if (drafter != null) {
                drafter.close();
            }
        }
    }

    private static Map<Draft, List<GeneratedSequence>> byDraft(List<GeneratedSequence> sequences) {
        Map<Draft, List<GeneratedSequence>> byDraft = new LinkedHashMap<>();
        for (GeneratedSequence sequence : sequences) {
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
    List<Integer> streams(List<GeneratedSequence> sequences) {
        return sequences.stream()
                .map(GeneratedSequence::draft)
                .filter(Objects::nonNull)
                .filter(draft -> !failed.contains(draft))
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
            TensorScope passing,
            List<Verified> verified,
            HiddenStates states,
            List<Integer> streams,
            boolean isPrompt) {
        Map<Draft, List<Verified>> byDraft = new LinkedHashMap<>();
        for (Verified each : verified) {
            byDraft.computeIfAbsent(Objects.requireNonNull(each.sequence().draft()), first -> new ArrayList<>())
                    .add(each);
        }
        byDraft.keySet().removeAll(failed);
        byDraft.forEach((draft, own) -> {
            HiddenStates read = new HiddenStates(
                    states.last(),
                    draft.streams().stream()
                            .map(stream -> states.streams().get(streams.indexOf(stream)))
                            .toList());
            attempt(draft, drafter -> drafter.verified(passing, own, read, isPrompt));
        });
    }

    @Override
    public void close() {
        drafters.values().forEach(Drafter::close);
    }
}
