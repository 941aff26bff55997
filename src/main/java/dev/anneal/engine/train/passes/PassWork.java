package dev.anneal.engine.train.passes;

import dev.anneal.engine.network.model.Continuation;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.TrainingPass;
import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.train.passes.PassOrder.Pass;
import dev.anneal.engine.train.passes.PassOrder.PassType;
import dev.anneal.engine.train.state.GradientSum;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The passes of some micro-batches and their prefixes, for compute threads. Runs once. */
abstract class PassWork implements ComputeThreads.Work {

    private final OpenPrefixes prefixes;
    private final List<Pass> passes;
    private final LossSums[] sums;

    /** @param trained whether prefixes get gradients */
    PassWork(DecoderModel model, List<MicroBatch> batches, boolean trained) {
        PassOrder order = PassOrder.of(batches, trained);
        this.prefixes = new OpenPrefixes(model, order, trained);
        this.passes = order.passes();
        this.sums = new LossSums[passes.size()];
    }

    /** Computes a micro-batch. */
    abstract LossSums rows(int buffer, int batch, @Nullable Continuation continued);

    /** Computes a part of a prefix, forward. */
    abstract LossSums forward(Prefix.Part part, Continuation continued);

    /** Computes the backward of a part of a prefix. */
    LossSums backward(int buffer, Prefix.Part part) {
        throw new IllegalStateException("nothing is trained");
    }

    /** Computes a part's forward and keeps its pass. */
    final LossSums forward(Prefix.Part part, TrainingPass pass) {
        prefixes.keep(part, pass);
        pass.forward();
        prefixes.computed(part);
        return LossSums.NONE;
    }

    /** The pass of a part, computed forward. Closed by the caller. */
    final TrainingPass take(Prefix.Part part) {
        return prefixes.take(part);
    }

    /** Receives a buffer with the gradient of a pass, in the order of the passes. */
    void receiveGradient(int buffer) {}

    /** A micro-batch has been computed; called in the order of the passes. */
    void receiveRows() {}

    /** The summed losses, which are added in the order of the passes. */
    LossSums run(GradientSum<?> gradients) {
        try (prefixes) {
            gradients.run(passes.size(), this);
        }
        return Arrays.stream(sums).reduce(LossSums.NONE, LossSums::plus);
    }

    @Override
    public void compute(int buffer, int piece) {
        Pass pass = passes.get(piece);
        try {
            sums[piece] = compute(buffer, pass);
            prefixes.done(pass.prefix());
        } catch (RuntimeException | Error e) {
            prefixes.fail(e);
            throw e;
        }
    }

    private LossSums compute(int buffer, Pass pass) {
        Prefix prefix = pass.prefix();
        Continuation continued = prefix == null ? null : prefixes.of(pass);
        if (pass.kind() == PassType.ROWS) {
            return rows(buffer, pass.number(), continued);
        }
        Prefix.Part part = Objects.requireNonNull(prefix).parts().get(pass.number());
        return pass.kind() == PassType.PREFIX_FORWARD
                ? forward(part, Objects.requireNonNull(continued))
                : backward(buffer, part);
    }

    @Override
    public void handOver(int buffer, int piece) {
        Pass pass = passes.get(piece);
        if (pass.kind() != PassType.PREFIX_FORWARD) {
            receiveGradient(buffer);
        }
        if (pass.kind() == PassType.ROWS) {
            receiveRows();
        }
    }
}
