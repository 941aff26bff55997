package dev.anneal.engine.network.generate;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.model.KeyValueCache;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Keys and values of the beginnings of prompts that were read, for later prompts that begin alike: the turns of a chat,
 * requests with one system prompt. The least recently used ones of the scope with most of them give way when a byte
 * budget is full. Only whole blocks of queries are kept, so the rest of a prompt is read in the same blocks, and its
 * bits are those of the whole prompt. Not thread-safe. Closed with the decoder's scope.
 */
final class PrefixCache {

    private final IncrementalDecoder model;
    private final TensorScope scope;
    private final long budgetTokens;

    /** Most recently used first. */
    private final Deque<Entry> entries = new ArrayDeque<>();

    /**
     * A kept beginning.
     *
     * @param keysAndValues of all layers
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by identity
    private record Entry(Owner owner, int[] ids, TensorScope scope, List<Tensor> keysAndValues) {}

    /**
     * Who may use a beginning: prompts with the same adapter in the same scope. A client can measure whether a
     * beginning was kept, so tenants have scopes of their own.
     *
     * @param adapter compared by identity
     */
    record Owner(AppliedAdapter adapter, String scope) {

        @SuppressWarnings("ReferenceEquality")
        boolean isSame(Owner other) {
            return adapter == other.adapter && scope.equals(other.scope);
        }
    }

    /**
     * @param owner scope of the kept tensors
     * @param budgetBytes memory that they may take; 0 keeps nothing
     */
    PrefixCache(IncrementalDecoder model, TensorScope owner, long budgetBytes) {
        this.model = model;
        this.scope = owner;
        this.budgetTokens = budgetBytes / model.cachedBytesPerToken();
    }

    /**
     * Copies the longest kept beginning of a prompt into a free slot.
     *
     * @return its number of tokens, less than the prompt's; 0 if there is none
     */
    int restore(Owner owner, int[] prompt, KeyValueCache cache, int slot) {
        int most = wholeBlocks(prompt.length - 1);
        Entry longest = null;
        int length = 0;
        for (Entry entry : of(owner)) {
            int common = common(entry.ids, prompt, most);
            if (common > length) {
                longest = entry;
                length = common;
            }
        }
        if (longest != null) {
            entries.remove(longest);
            entries.addFirst(longest);
            cache.restore(slot, longest.keysAndValues, length);
        }
        return length;
    }

    private List<Entry> of(Owner owner) {
        return entries.stream().filter(entry -> entry.owner.isSame(owner)).toList();
    }

    /** Keeps the beginning of a prompt that was read into a slot, in place of shorter ones that it begins with. */
    void keep(Owner owner, int[] prompt, KeyValueCache cache, int slot) {
        int length = wholeBlocks((int) Math.min(prompt.length, budgetTokens));
        List<Entry> known = of(owner);
        if (length == 0 || known.stream().anyMatch(entry -> common(entry.ids, prompt, length) == length)) {
            return;
        }
        known.stream()
                .filter(entry -> common(entry.ids, prompt, length) == entry.ids.length)
                .forEach(this::drop);
        while (keptTokens() + length > budgetTokens) {
            drop(leastUseful());
        }
        TensorScope own = scope.child();
        try {
            entries.addFirst(new Entry(owner, Arrays.copyOf(prompt, length), own, cache.copied(own, slot, length)));
        } catch (TorchException e) {
            own.close();
            if (!e.isOutOfMemory()) {
                throw e;
            }
            clear();
        }
    }

    /** The least recently used of the scope that takes most, so that no tenant drives out the others. */
    private Entry leastUseful() {
        Map<String, Integer> tokensOfScopes = entries.stream()
                .collect(Collectors.groupingBy(
                        entry -> entry.owner.scope, Collectors.summingInt(entry -> entry.ids.length)));
        String largest = Collections.max(tokensOfScopes.entrySet(), Map.Entry.comparingByValue())
                .getKey();
        return entries.stream()
                .filter(entry -> entry.owner.scope.equals(largest))
                .reduce((earlier, later) -> later)
                .orElseThrow();
    }

    /** Drops what was read with an adapter that is about to be closed. */
    @SuppressWarnings("ReferenceEquality")
    void forget(AppliedAdapter adapter) {
        entries.stream()
                .filter(entry -> entry.owner.adapter == adapter)
                .toList()
                .forEach(this::drop);
    }

    private void drop(Entry entry) {
        entries.remove(entry);
        entry.scope.close();
    }

    private long keptTokens() {
        return entries.stream().mapToLong(entry -> entry.ids.length).sum();
    }

    void clear() {
        List.copyOf(entries).forEach(this::drop);
    }

    private int wholeBlocks(int length) {
        int block = model.blockTokens();
        return length / block * block;
    }

    /** Number of tokens of whole blocks that both begin with. */
    private int common(int[] kept, int[] prompt, int most) {
        int end = Math.min(kept.length, most);
        int different = Arrays.mismatch(kept, 0, end, prompt, 0, end);
        return wholeBlocks(different < 0 ? end : different);
    }
}
