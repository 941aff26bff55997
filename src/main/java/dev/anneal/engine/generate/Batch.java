package dev.anneal.engine.generate;

import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.model.KeyValueCache;
import dev.anneal.engine.torch.Scope;
import dev.anneal.engine.torch.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** Prompts that are decoded together. A sequence leaves the computation when it ends; the others go on. */
final class Batch implements AutoCloseable {

    private final DecoderModel model;
    private final AppliedAdapter adapter;
    private final Scope scope;
    private final int[][] answers;
    private final List<Sequence> open = new ArrayList<>();

    Batch(DecoderModel model, AppliedAdapter adapter, List<int[]> prompts, int maxNewTokens) {
        this.model = model;
        this.adapter = adapter;
        this.scope = model.scope().child();
        this.answers = new int[prompts.size()][0];
        for (int i = 0; i < prompts.size(); i++) {
            int[] prompt = prompts.get(i);
            int room = Math.min(maxNewTokens, model.config().maxPositions() - prompt.length);
            if (room > 0) {
                // The last token of an answer is never read, so it needs no place.
                KeyValueCache cache = model.newCache(scope, prompt.length + room - 1);
                open.add(new Sequence(i, prompt, room, cache));
            }
        }
    }

    List<int[]> run(Set<Integer> ends, Runnable betweenTokens) {
        while (!open.isEmpty()) {
            betweenTokens.run();
            int[] next = mostLikely();
            for (int i = 0; i < next.length; i++) {
                open.get(i).take(next[i], ends);
            }
            open.removeIf(this::isEnded);
        }
        return List.of(answers);
    }

    private boolean isEnded(Sequence sequence) {
        if (sequence.ended) {
            answers[sequence.index] = sequence.answer();
            sequence.cache.close();
        }
        return sequence.ended;
    }

    private int[] mostLikely() {
        List<int[]> unread = open.stream().map(sequence -> sequence.unread).toList();
        List<KeyValueCache> caches =
                open.stream().map(sequence -> sequence.cache).toList();
        long[] last = new long[unread.size()];
        long read = 0;
        for (int i = 0; i < last.length; i++) {
            read += unread.get(i).length;
            last[i] = read - 1;
        }
        try (Scope step = scope.child()) {
            Tensor hidden = model.continueSequences(step, unread, caches, adapter);
            return largest(model.logits(step, hidden, last).toFloats(), last.length);
        }
    }

    private static int[] largest(float[] logits, int rows) {
        int width = logits.length / rows;
        int[] largest = new int[rows];
        for (int row = 0; row < rows; row++) {
            int best = row * width;
            for (int i = best + 1; i < (row + 1) * width; i++) {
                best = logits[i] > logits[best] ? i : best;
            }
            largest[row] = best - row * width;
        }
        return largest;
    }

    @Override
    public void close() {
        scope.close();
    }

    /** One prompt and its answer so far. */
    private static final class Sequence {

        private final int index;
        private final KeyValueCache cache;
        private final int[] tokens;
        private int[] unread;
        private int length;
        private boolean ended;

        /** @param room tokens that the answer may have */
        Sequence(int index, int[] prompt, int room, KeyValueCache cache) {
            this.index = index;
            this.cache = cache;
            this.tokens = new int[room];
            this.unread = prompt;
        }

        void take(int token, Set<Integer> ends) {
            if (ends.contains(token)) {
                ended = true;
                return;
            }
            tokens[length++] = token;
            unread = new int[] {token};
            ended = length == tokens.length;
        }

        int[] answer() {
            return Arrays.copyOf(tokens, length);
        }
    }
}
