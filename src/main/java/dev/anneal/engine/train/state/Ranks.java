package dev.anneal.engine.train.state;

import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.protocol.TrainingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The processes that train a job together, one on each of its devices. All of them have the data, the trained values
 * and their moments, and take the same decisions; each computes some portions of a step's rows. What they have computed
 * is shared, so that each continues with the results of all. Rank 0 alone saves, and asks graders.
 *
 * <p>Every method but the accessors waits for all ranks, which call it in the same order.
 */
public final class Ranks {

    private static final byte[] STOPS = {};

    private final @Nullable ProcessGroup group;
    private final boolean ordered;
    private long waitedNanos;

    private Ranks(@Nullable ProcessGroup group, boolean ordered) {
        this.group = group;
        this.ordered = ordered;
    }

    /** A training in this process alone. */
    public static Ranks alone() {
        return new Ranks(null, false);
    }

    /**
     * @param group of the ranks, closed by the caller; null for a training in this process alone
     * @param ordered whether gradients have the same bits for any number of ranks
     */
    public static Ranks of(@Nullable ProcessGroup group, boolean ordered) {
        return new Ranks(group, ordered);
    }

    public int rank() {
        return group == null ? 0 : group.rank();
    }

    public int size() {
        return group == null ? 1 : group.size();
    }

    /** Whether this rank saves and asks graders. */
    public boolean isFirst() {
        return rank() == 0;
    }

    /** Number of portions of a step's rows, of which each rank computes every {@link #size}th. */
    public int portions() {
        return ordered ? TrainingSettings.ORDERED_PORTIONS : size();
    }

    /** Whether gradients are added portion by portion. */
    public boolean isOrdered() {
        return ordered;
    }

    /** The rank that computes a portion. */
    public int owner(int portion) {
        return portion % size();
    }

    /**
     * Of some items those that this rank computes, by portion. Items of a portion are computed together, because the
     * bits of products may depend on the number of their rows.
     */
    public <T> List<List<T>> own(List<T> items) {
        List<List<T>> own = new ArrayList<>();
        for (int portion = rank(); portion < portions(); portion += size()) {
            List<T> ofPortion = new ArrayList<>();
            for (int item = portion; item < items.size(); item += portions()) {
                ofPortion.add(items.get(item));
            }
            if (!ofPortion.isEmpty()) {
                own.add(ofPortion);
            }
        }
        return own;
    }

    /**
     * All items in their order.
     *
     * @param byRank items that each rank has computed, of its {@link #own} portions one after the other
     */
    public <T> List<T> inOrder(List<List<T>> byRank) {
        int count = byRank.stream().mapToInt(List::size).sum();
        List<Iterator<T>> ofRanks = byRank.stream().map(List::iterator).toList();
        List<@Nullable T> all = new ArrayList<>(Collections.nCopies(count, null));
        for (int portion = 0; portion < portions(); portion++) {
            for (int item = portion; item < count; item += portions()) {
                all.set(item, ofRanks.get(owner(portion)).next());
            }
        }
        return all.stream().map(Objects::requireNonNull).toList();
    }

    /**
     * Shares what each rank has computed.
     *
     * @param own items of this rank; empty if they were abandoned because the training is to stop
     * @param type an array of items, which are written as JSON
     * @return items by rank; empty if one of the ranks is to stop
     */
    public <T> Optional<List<List<T>>> share(Optional<List<T>> own, Class<T[]> type) {
        if (group == null) {
            return own.map(List::of);
        }
        byte[] written = own.map(CheckpointFolder.JSON::writeValueAsBytes).orElse(STOPS);
        List<byte[]> all = new ArrayList<>();
        exchange(others -> all.addAll(others.gather(written)));
        List<List<T>> items = new ArrayList<>();
        for (byte[] each : all) {
            if (each.length == 0) {
                return Optional.empty();
            }
            items.add(List.of(CheckpointFolder.JSON.readValue(each, type)));
        }
        own.ifPresent(mine -> items.set(rank(), mine));
        return Optional.of(items);
    }

    /** Overwrites gradients with their sum over the ranks. */
    void sum(Trainable.StepGradients<?> gradients) {
        exchange(others -> others.sum(gradients.ofParameters()));
    }

    /** Overwrites gradients with those of a rank. */
    void broadcast(Trainable.StepGradients<?> gradients, int source) {
        exchange(others -> others.broadcast(gradients.ofParameters(), source));
    }

    private void exchange(Consumer<ProcessGroup> call) {
        ProcessGroup others = group;
        if (others != null) {
            long begin = System.nanoTime();
            call.accept(others);
            waitedNanos += System.nanoTime() - begin;
        }
    }

    /**
     * What the exchange between ranks has cost since this was called before: {@code seconds/exchange}, which even the
     * slowest rank has waited for others or the network, {@code seconds/imbalance}, which the fastest one has waited
     * in addition, and {@code ranks/slowest}, that rank's number. Empty for a training in this process alone.
     */
    public Map<String, Double> exchangeFigures() {
        if (group == null) {
            return Map.of();
        }
        List<Long> waited = Arrays.stream(group.gather(waitedNanos)).boxed().toList();
        waitedNanos = 0;
        long least = Collections.min(waited);
        return Map.of(
                "seconds/exchange", least / 1e9,
                "seconds/imbalance", (Collections.max(waited) - least) / 1e9,
                "ranks/slowest", (double) waited.indexOf(least));
    }
}
