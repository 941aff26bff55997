package dev.anneal.engine.train.draft;

import dev.anneal.engine.network.draft.EagleGradients;
import dev.anneal.engine.network.draft.EagleHead;
import dev.anneal.engine.network.draft.EagleInput;
import dev.anneal.engine.network.draft.EagleObjective;
import dev.anneal.engine.network.draft.EaglePass;
import dev.anneal.engine.network.draft.EagleSums;
import dev.anneal.engine.network.draft.EagleTeacher;
import dev.anneal.engine.network.draft.HiddenStateCache;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ComputeThreads;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.PortionWork;
import dev.anneal.engine.train.passes.StopSignal;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Target;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Passes of the target and of the head that learns from it, micro-batch by micro-batch on the compute threads. What it
 * keeps ends with the head, whose scope owns it.
 */
final class HeadPasses {

    private final EagleHead head;
    private final Target target;
    private final EagleTeacher teacher;
    private final HiddenStateCache cache;
    private final GradientSum<EagleGradients> gradients;
    private final StopSignal signal;

    /**
     * @param cacheBytes most bytes of the target's hidden states that are kept for the next time their rows are read
     */
    HeadPasses(
            EagleHead head, Target target, GradientSum<EagleGradients> gradients, StopSignal signal, long cacheBytes) {
        this.head = head;
        this.target = target;
        this.teacher = new EagleTeacher(head, target.model());
        this.cache = new HiddenStateCache(head, cacheBytes);
        this.gradients = gradients;
        this.signal = signal;
    }

    /**
     * Sums of each step of training-time test, and the gradient of what the objective minimises, summed over the
     * micro-batches.
     *
     * @param rows of the micro-batches' step
     * @param adapterOf adapter with the dropout of a micro-batch
     * @return empty if the pass was abandoned
     */
    Optional<List<EagleSums>> train(
            List<MicroBatch> batches,
            List<EncodedRow> rows,
            Function<MicroBatch, AppliedAdapter> adapterOf,
            EagleObjective objective) {
        return run(batches, objective, true, portion -> new Pieces(portion, rows, adapterOf, objective, true));
    }

    /** Sums of each step without gradients. */
    Optional<List<EagleSums>> measure(
            List<MicroBatch> batches, List<EncodedRow> rows, AppliedAdapter adapter, EagleObjective objective) {
        return run(batches, objective, false, portion -> new Pieces(portion, rows, batch -> adapter, objective, false));
    }

    /** Added in the order of the portions. */
    private Optional<List<EagleSums>> run(
            List<MicroBatch> batches,
            EagleObjective objective,
            boolean trains,
            Function<List<MicroBatch>, Pieces> piecesOf) {
        return PortionWork.run(batches, gradients, signal, trains, EagleSums[][].class, (first, portion) -> {
                    Pieces pieces = piecesOf.apply(portion);
                    gradients.run(portion.size(), pieces);
                    return pieces.total();
                })
                .map(parts -> IntStream.range(0, objective.steps())
                        .mapToObj(
                                step -> parts.stream().map(part -> part[step]).reduce(EagleSums.NONE, EagleSums::plus))
                        .toList());
    }

    /** The micro-batches of a portion, for compute threads. */
    private final class Pieces implements ComputeThreads.Work {

        private final List<MicroBatch> batches;
        private final List<EncodedRow> rows;
        private final Function<MicroBatch, AppliedAdapter> adapterOf;
        private final List<List<EagleSums>> sums;
        private final EagleObjective objective;
        private final boolean trains;

        /**
         * Of micro-batches whose states are kept, no layers of the target are computed in between which a stop would be
         * seen.
         */
        private final Runnable betweenBatches = signal.betweenParts();

        Pieces(
                List<MicroBatch> batches,
                List<EncodedRow> rows,
                Function<MicroBatch, AppliedAdapter> adapterOf,
                EagleObjective objective,
                boolean trains) {
            this.batches = batches;
            this.rows = rows;
            this.adapterOf = adapterOf;
            this.sums = new ArrayList<>(Collections.nCopies(batches.size(), List.of()));
            this.objective = objective;
            this.trains = trains;
        }

        @Override
        public void compute(int buffer, int number) {
            betweenBatches.run();
            MicroBatch batch = batches.get(number);
            try (TensorScope scope = gradients.scope().child();
                    EaglePass pass =
                            new EaglePass(scope, head, teacher, input(scope, batch, rows), adapterOf.apply(batch))) {
                pass.forward(objective.steps());
                sums.set(number, trains ? pass.backward(objective, gradients.buffer(buffer)) : pass.measure(objective));
            }
        }

        @Override
        public void handOver(int buffer, int number) {
            if (trains) {
                gradients.add(buffer);
            }
        }

        /** Of each step, added in the order of the micro-batches. */
        EagleSums[] total() {
            return IntStream.range(0, objective.steps())
                    .mapToObj(step -> sums.stream().map(each -> each.get(step)).reduce(EagleSums.NONE, EagleSums::plus))
                    .toArray(EagleSums[]::new);
        }
    }

    private EagleInput input(TensorScope scope, MicroBatch batch, List<EncodedRow> rows) {
        List<int[]> ids =
                batch.rowsOfStep().stream().map(row -> rows.get(row).ids()).toList();
        List<Tensor> states = cache.of(scope, ids, this::states);
        int last = states.size() - 1;
        return new EagleInput(batch.rows(), trained(batch, rows), states.subList(0, last), states.get(last));
    }

    /** The streams that the head reads, then the states that give the target's distributions. */
    private List<Tensor> states(TensorScope scope, TokenRows rows) {
        HiddenStates states = target.model()
                .hiddenStates(scope, rows, target.adapter(), head.config().streams(), signal.betweenParts());
        List<Tensor> all = new ArrayList<>(states.streams());
        all.add(teacher.states(scope, states.last()));
        return all;
    }

    /** For each token whether the one after it is trained, so that what the target expects after it is learned. */
    private static boolean[] trained(MicroBatch batch, List<EncodedRow> rows) {
        boolean[] trained = new boolean[batch.rows().tokens()];
        for (int row = 0; row < batch.rowsOfStep().size(); row++) {
            int[] labels = rows.get(batch.rowsOfStep().get(row)).labels();
            for (int token = 0; token + 1 < labels.length; token++) {
                trained[batch.rows().begin(row) + token] = labels[token + 1] != EncodedRow.NOT_TRAINED;
            }
        }
        return trained;
    }
}
