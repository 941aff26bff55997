package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attention of all rows of a micro-batch by one kernel ({@code torchscript/decoder/fused}), where there is one: on CUDA
 * in bf16, for heads of the sizes and devices of the generations that the kernel knows. Its last bits differ from one
 * pass to the next.
 */
final class FusedAttention {

    /**
     * Above it rows are computed one by one: each row has copies of the keys that it sees, and those of many short rows
     * behind a long beginning would fill the device.
     */
    private static final int MOST_COPIES = 4;

    private static final Logger LOG = LoggerFactory.getLogger(FusedAttention.class);

    private final Program program;
    private final boolean isWanted;

    /** Whether the kernel runs here; null until the first micro-batch in bf16. */
    private @Nullable Boolean runs;

    /** @param program of layers; those with a window have the same kernel */
    FusedAttention(TensorScope owner, Program program, AttentionKind kind) {
        this.program = program;
        this.isWanted = kind == AttentionKind.FUSED && !owner.device().equals("cpu");
    }

    private synchronized boolean runs(TensorScope scope) {
        if (runs == null) {
            runs = runsOnTrial(scope);
        }
        return runs;
    }

    private boolean runsOnTrial(TensorScope scope) {
        try (TensorScope trial = scope.child()) {
            program.call(trial, "flash_trial", trial.zeros(ElementType.BFLOAT16, 1));
            return true;
        } catch (TorchException e) {
            if (e.isOutOfMemory() || e.deviceFault() != null) {
                throw e;
            }
            LOG.warn(
                    "Attention is computed row by row, which is slower, because the fused kernel refuses: {}",
                    e.reason());
            return false;
        }
    }

    /**
     * What the kernel needs to know of rows.
     *
     * @param tensors as the program names them; empty where attention goes row by row
     * @param mostQueries of a row
     * @param mostKeys that a row sees
     */
    record Spans(List<Tensor> tensors, long mostQueries, long mostKeys) {

        static final Spans NONE = new Spans(List.of(), 0, 0);

        long[] longest() {
            return new long[] {mostQueries, mostKeys};
        }
    }

    /** @param like tensor of the type of layers */
    Spans spans(TensorScope scope, TokenRows rows, Tensor like) {
        if (!isWanted || like.elementType() != ElementType.BFLOAT16 || !runs(scope)) {
            return Spans.NONE;
        }
        KeySpans keys = new KeySpans(rows);
        if (keys.copies() > MOST_COPIES) {
            return Spans.NONE;
        }
        long[] tokens = keys.tokens();
        List<Tensor> tensors = program.callForList(
                scope,
                "spans",
                scope.longs(rows.offsets(), rows.offsets().length),
                scope.longs(keys.begins(), keys.begins().length),
                scope.longs(tokens, tokens.length));
        return new Spans(tensors, keys.mostQueries(), keys.mostKeys());
    }
}
