package dev.anneal.engine.export.weight;

import dev.anneal.engine.format.safetensors.RowBlock;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.lora.MergeTally;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a trained model under the names and shapes of its base. Untrained tensors are the base's. Rows are
 * processed in blocks, because four fp32 copies of a whole matrix would dominate memory.
 */
public abstract class WeightRows implements AutoCloseable {

    private final WeightDirectory base;
    private final Set<String> targets;
    private final Runnable betweenBlocks;
    private final Set<String> changed = new HashSet<>();
    private MergeTally tally = MergeTally.NOTHING;
    private final Set<String> changedSince = new TreeSet<>();
    private MergeTally tallySince = MergeTally.NOTHING;

    /**
     * @param targets names of the tensors that the training changes
     * @param betweenBlocks called before each block; may throw to end the export
     */
    WeightRows(WeightDirectory base, Set<String> targets, Runnable betweenBlocks) {
        this.base = base;
        this.targets = targets;
        this.betweenBlocks = betweenBlocks;
    }

    /**
     * Changes of some trained tensors.
     *
     * @param changed names of those that changed
     * @param tally effects of rounding
     */
    public record Account(List<String> changed, MergeTally tally) {}

    /** Receives rows of one tensor, in order. A {@link Tensor} is closed after the call. */
    @FunctionalInterface
    public interface Sink<T> {
        void accept(T rows) throws IOException;
    }

    /** Merges a block of rows of one tensor. */
    @FunctionalInterface
    interface BlockMerge {
        /**
         * @param before the base's rows
         * @param type of the merged rows, rounded once
         */
        AdapterMerge.Merged merge(TensorScope step, Tensor before, RowBlock block, ElementType type) throws IOException;
    }

    /** Whether the training changes a tensor of the base. */
    public final boolean isTrained(TensorEntry entry) {
        return targets.contains(entry.name());
    }

    /** Number of tensors that the training changes. */
    final int targets() {
        return targets.size();
    }

    /** Number of changed tensors in the accounts so far. */
    final int changed() {
        return changed.size();
    }

    /**
     * @param scope must live as long as the result is used
     */
    abstract BlockMerge merging(TensorScope scope, TensorEntry entry) throws IOException;

    /** Closes the trained weights; the base's stay open. */
    @Override
    public abstract void close() throws IOException;

    /**
     * Passes all rows of a tensor on.
     *
     * @param entry the tensor in the base
     * @param type type of the passed rows, rounded once
     * @throws ExportException {@code non_finite_delta} if a merged weight is not finite in this type, or a finite
     *     weight of the base is too large for it
     */
    public final void forEach(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink<Tensor> sink)
            throws IOException {
        if (isTrained(entry)) {
            merge(entry, type, blocks, sink);
        } else {
            convert(entry, type, blocks, sink);
        }
    }

    private void convert(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink<Tensor> sink)
            throws IOException {
        long overflows = 0;
        try (TensorScope scope = TensorScope.open("cpu")) {
            AdapterMerge merge = new AdapterMerge(scope);
            for (RowBlock block : blocks) {
                betweenBlocks.run();
                try (TensorScope step = scope.child()) {
                    AdapterMerge.Converted converted = merge.convert(step, read(step, base, entry.name(), block), type);
                    overflows += converted.overflows();
                    sink.accept(converted.weight());
                }
            }
        }
        if (overflows > 0) {
            throw new ExportException(
                    ExportException.Code.NON_FINITE_DELTA,
                    "%d weights of '%s' are not finite in %s, but are as stored: export them in that type"
                            .formatted(overflows, entry.name(), type));
        }
    }

    /** Passes the base's bytes of a tensor on. */
    public final void forEachBytes(TensorEntry entry, List<RowBlock> blocks, Sink<ByteBuffer> sink) throws IOException {
        for (RowBlock block : blocks) {
            betweenBlocks.run();
            sink.accept(base.fileOf(entry.name()).bytes(entry.name(), block.offset(), block.byteCount()));
        }
    }

    private void merge(TensorEntry entry, ElementType type, List<RowBlock> blocks, Sink<Tensor> sink)
            throws IOException {
        MergeTally whole = MergeTally.NOTHING;
        try (TensorScope scope = TensorScope.open("cpu")) {
            BlockMerge merge = merging(scope, entry);
            for (RowBlock block : blocks) {
                betweenBlocks.run();
                try (TensorScope step = scope.child()) {
                    AdapterMerge.Merged merged = merge.merge(step, read(step, base, entry.name(), block), block, type);
                    whole = whole.plus(merged.tally());
                    sink.accept(merged.weight());
                }
            }
        }
        count(entry, type, whole);
    }

    private void count(TensorEntry entry, ElementType type, MergeTally whole) {
        if (whole.nonFinite() > 0) {
            throw new ExportException(
                    ExportException.Code.NON_FINITE_DELTA,
                    "%d merged weights of '%s' are not finite in %s".formatted(whole.nonFinite(), entry.name(), type));
        }
        if (whole.deltas() > 0) {
            changedSince.add(entry.name());
        }
        tallySince = tallySince.plus(whole);
    }

    /** Changes of the tensors passed on since the last call. The sums below include only accounts requested here. */
    public final Account account() {
        Account account = new Account(List.copyOf(changedSince), tallySince);
        changedSince.clear();
        tallySince = MergeTally.NOTHING;
        add(account);
        return account;
    }

    /** Adds tensors of an earlier attempt. */
    public final void add(Account account) {
        changed.addAll(account.changed());
        tally = tally.plus(account.tally());
    }

    /** Reads a block's rows from a directory, in any type. */
    static Tensor read(TensorScope step, WeightDirectory files, String name, RowBlock block) throws IOException {
        TensorEntry entry = files.entry(name);
        long rowBytes = entry.byteCount() / entry.shape().get(0);
        long[] shape = entry.shape().stream().mapToLong(Long::longValue).toArray();
        shape[0] = block.rows();
        return step.ofBytes(
                files.fileOf(name).bytes(name, block.firstRow() * rowBytes, Math.toIntExact(block.rows() * rowBytes)),
                ElementType.of(entry.dtype()).orElseThrow(),
                shape);
    }

    /** Effects of rounding on the trained tensors of all accounts. */
    public final MergeTally tally() {
        return tally;
    }

    /**
     * Adds the changes of the tensors to the proof, once all are accounted for.
     *
     * @throws ExportException if they equal the base's, or if not all targets changed
     */
    public void describe(Map<String, @Nullable Object> proof) {
        if (changed.isEmpty()) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the training has changed nothing: the export would be the base");
        }
        proof.put("tensors_targeted", targets());
        proof.put("tensors_changed", changed.size());
        proof.put("differs_from_base", true);
    }
}
