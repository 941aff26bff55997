package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Greedy speculative decoding of several prompts at a time: the head proposes chains, the target verifies each in one
 * pass.
 */
final class GreedyChains implements AutoCloseable {

    private static final int CAPACITY = 100;

    private final DecoderModel model;
    private final EagleHead head;
    private final IncrementalDecoder target;
    private final EagleDrafter drafter;
    private final int length;

    GreedyChains(DecoderModel model, EagleHead head, int length) {
        this.model = model;
        this.head = head;
        this.target = new IncrementalDecoder(model);
        this.drafter = new EagleDrafter(head, head.noAdapter());
        this.length = length;
    }

    /** A sequence, and what was proposed for it and accepted round by round. */
    static final class Lane {
        final List<Integer> ids;
        final List<List<Integer>> proposals = new ArrayList<>();
        final List<Integer> accepted = new ArrayList<>();

        /** Tokens that the draft has not read with the target's states yet, and where those states are. */
        private List<Integer> unread = List.of();

        private List<Long> states = List.of();

        Lane(List<Integer> prompt) {
            this.ids = new ArrayList<>(prompt);
        }
    }

    /**
     * Goes on until each sequence has at least this many new tokens; what a sequence does after that is not recorded.
     */
    List<Lane> run(List<List<Integer>> prompts, int tokens) {
        List<Lane> lanes = prompts.stream().map(Lane::new).toList();
        List<AppliedAdapter> adapters = Collections.nCopies(lanes.size(), model.noAdapter());
        try (TensorScope scope = model.scope().child();
                KeyValueCache ofTarget = target.newCache(scope, lanes.size(), CAPACITY);
                KeyValueCache ofDraft = drafter.newCache(scope, lanes.size(), CAPACITY)) {
            HiddenStates states = target.read(
                    scope, arrays(prompts), ofTarget, 0, adapters, head.config().streams(), false);
            int begin = 0;
            for (int i = 0; i < lanes.size(); i++) {
                int end = begin + prompts.get(i).size();
                Lane lane = lanes.get(i);
                lane.ids.add(chosen(target.logits(scope, states.last(), new long[] {end - 1}), 0));
                lane.unread = lane.ids.subList(1, lane.ids.size());
                lane.states = LongStream.range(begin, end).boxed().toList();
                begin = end;
            }
            boolean isStep = false;
            while (lanes.stream().anyMatch(lane -> !isDone(lane, prompts, lanes, tokens))) {
                List<List<Integer>> proposals = propose(scope, lanes, states, ofDraft, isStep);
                states = verify(scope, lanes, proposals, prompts, ofTarget, adapters, tokens);
                isStep = true;
            }
        }
        return lanes;
    }

    private static boolean isDone(Lane lane, List<List<Integer>> prompts, List<Lane> lanes, int tokens) {
        return lane.ids.size() - prompts.get(lanes.indexOf(lane)).size() >= tokens;
    }

    private List<List<Integer>> propose(
            TensorScope scope, List<Lane> lanes, HiddenStates states, KeyValueCache cache, boolean isStep) {
        List<List<Integer>> proposals = new ArrayList<>();
        lanes.forEach(lane -> proposals.add(new ArrayList<>()));
        List<int[]> unread = arrays(lanes.stream().map(lane -> lane.unread).toList());
        long[] at = lanes.stream()
                .flatMap(lane -> lane.states.stream())
                .mapToLong(Long::longValue)
                .toArray();
        Tensor own = drafter.readVerified(scope, unread, drafter.statesAt(scope, states, at), cache, 0, isStep);
        int[] verified = IntStream.range(0, lanes.size()).map(cache::length).toArray();
        long[] last = new long[lanes.size()];
        long end = 0;
        for (int i = 0; i < last.length; i++) {
            end += unread.get(i).length;
            last[i] = end - 1;
        }
        long[] each = LongStream.range(0, lanes.size()).toArray();
        for (int step = 0; step < length; step++) {
            Tensor logits = drafter.logits(scope, own, step == 0 ? last : each);
            List<int[]> next = new ArrayList<>();
            for (int i = 0; i < lanes.size(); i++) {
                int token = (int) head.vocabulary().targetIds()[chosen(logits, i)];
                proposals.get(i).add(token);
                next.add(new int[] {token});
            }
            if (step < length - 1) {
                Tensor before = step == 0 ? head.program().rowsOf(scope, own, last) : own;
                own = drafter.readOwn(scope, next, before, cache, 0);
            }
        }
        for (int i = 0; i < verified.length; i++) {
            cache.truncate(i, verified[i]);
        }
        return proposals;
    }

    private HiddenStates verify(
            TensorScope scope,
            List<Lane> lanes,
            List<List<Integer>> proposals,
            List<List<Integer>> prompts,
            KeyValueCache cache,
            List<AppliedAdapter> adapters,
            int tokens) {
        List<List<Integer>> read = new ArrayList<>();
        for (int i = 0; i < lanes.size(); i++) {
            List<Integer> ids = new ArrayList<>(
                    List.of(lanes.get(i).ids.get(lanes.get(i).ids.size() - 1)));
            ids.addAll(proposals.get(i));
            read.add(ids);
        }
        HiddenStates states = target.read(
                scope, arrays(read), cache, 0, adapters, head.config().streams(), true);
        int rows = lanes.size() * (length + 1);
        Tensor logits =
                target.logits(scope, states.last(), LongStream.range(0, rows).toArray());
        for (int i = 0; i < lanes.size(); i++) {
            Lane lane = lanes.get(i);
            boolean done = isDone(lane, prompts, lanes, tokens);
            int begin = i * (length + 1);
            int accepted = 0;
            while (accepted < length && proposals.get(i).get(accepted) == chosen(logits, begin + accepted)) {
                accepted++;
            }
            if (!done) {
                lane.proposals.add(proposals.get(i));
                lane.accepted.add(accepted);
            }
            int before = lane.ids.size();
            lane.ids.addAll(proposals.get(i).subList(0, accepted));
            lane.ids.add(chosen(logits, begin + accepted));
            cache.truncate(i, lane.ids.size() - 1);
            lane.unread = List.copyOf(lane.ids.subList(before, lane.ids.size()));
            lane.states = LongStream.range(begin, begin + accepted + 1L).boxed().toList();
        }
        return states;
    }

    private static List<int[]> arrays(List<List<Integer>> lists) {
        return lists.stream()
                .map(list -> list.stream().mapToInt(Integer::intValue).toArray())
                .toList();
    }

    private static int chosen(Tensor logits, int row) {
        int width = (int) logits.shape()[1];
        float[] values = logits.toFloats();
        int best = 0;
        for (int i = 1; i < width; i++) {
            best = values[row * width + i] > values[row * width + best] ? i : best;
        }
        return best;
    }

    @Override
    public void close() {
        drafter.close();
        target.close();
    }
}
