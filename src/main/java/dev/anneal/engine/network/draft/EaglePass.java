package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Training-time test over some rows: all steps forward, then backward once, or measured without gradients. Keeps the
 * activations of all steps. Closed by its owner.
 */
public final class EaglePass implements AutoCloseable {

    private final EagleHead head;
    private final EagleProgram program;
    private final TensorScope scope;
    private final Tensor table;
    private final EagleInput input;
    private final AppliedAdapter adapter;
    private final List<Step> steps = new ArrayList<>();

    /** What fc reads, then what it makes of that and the statistic of its norms. */
    private List<Tensor> fc = List.of();

    /** @param adapter of the layer, or {@link EagleHead#noAdapter} */
    public EaglePass(
            TensorScope owner, EagleHead head, EagleTeacher teacher, EagleInput input, AppliedAdapter adapter) {
        this.head = head;
        this.program = head.program();
        this.scope = owner.child();
        this.table = teacher.table();
        this.input = input;
        this.adapter = adapter;
    }

    /**
     * A step between forward and backward.
     *
     * @param pair what it read
     * @param entered attention input and residual of the layer, then what their backward needs
     * @param results the layer's output, what its backward needs, and queries, keys and values
     */
    private record Step(
            TensorScope scope, EagleStepRows rows, EagleProgram.Pair pair, List<Tensor> entered, List<Tensor> results) {

        Tensor output() {
            return results.get(0);
        }

        Tensor queriesKeysValues() {
            return results.get(results.size() - 1);
        }
    }

    /** Computes the steps. */
    public void forward(int count) {
        if (count > 1 && !head.config().isEagle3()) {
            throw new IllegalArgumentException("EAGLE-1 learns in one step, not in " + count);
        }
        for (int number = 0; number < count; number++) {
            TensorScope own = scope.child();
            EagleStepRows rows = EagleStepRows.of(own, program, input.rows(), number, adapter);
            Tensor embedded = program.embed(own, rows.next(), head.embedding());
            EagleProgram.Pair pair =
                    new EagleProgram.Pair(embedded, number == 0 ? first(embedded) : nextInput(own, number));
            List<Tensor> entered = program.enter(own, pair);
            List<Tensor> earlier = steps.stream().map(Step::queriesKeysValues).toList();
            steps.add(new Step(own, rows, pair, entered, program.layer(own, entered, earlier, rows)));
        }
    }

    /** What fc makes of the target's streams; in EAGLE-1 of embedding and the target's state. */
    private Tensor first(Tensor embedded) {
        List<Tensor> parts = head.config().isEagle3() ? input.streams() : List.of(embedded, input.states());
        Tensor concatenated = program.concatenated(scope, parts);
        List<Tensor> made = program.fc(scope, concatenated);
        fc = List.of(concatenated, made.get(0), made.get(1));
        return made.get(0);
    }

    private Tensor nextInput(TensorScope own, int number) {
        return program.nextInput(own, steps.get(number - 1).output());
    }

    /** A step's states before the final norm, [N, H]. */
    Tensor output(int step) {
        return steps.get(step).output();
    }

    /** Sums of each step without gradients, for validation. */
    public List<EagleSums> measure(EagleObjective objective) {
        boolean[] runs = EagleTargets.starts(input.rows(), input.trained());
        List<EagleSums> sums = new ArrayList<>();
        EagleProgram.Into nowhere = new EagleProgram.Into(head.nothing(), List.of(), false);
        for (int number = 0; number < objective.steps(); number++) {
            try (TensorScope own = scope.child()) {
                sums.add(head(own, objective, number, nowhere, false).sums(runs));
            }
        }
        return sums;
    }

    /**
     * Sums of each step, and the gradient of what the objective minimises, which overwrites the gradients.
     *
     * @param objective of as many steps as were computed
     */
    public List<EagleSums> backward(EagleObjective objective, EagleGradients gradients) {
        if (objective.steps() != steps.size()) {
            throw new IllegalArgumentException(
                    "an objective of %d steps, %d were computed".formatted(objective.steps(), steps.size()));
        }
        List<Compared> compared = new ArrayList<>();
        List<Tensor> ofKeysAndValues = ofKeysAndValues();
        Tensor upstream = null;
        for (int number = steps.size() - 1; number >= 0; number--) {
            EagleProgram.Into into = new EagleProgram.Into(gradients.weights(), gradients.adapter(), upstream != null);
            try (TensorScope own = scope.child()) {
                Compared result = head(own, objective, number, into, true);
                compared.add(result);
                upstream = backward(own, number, result.gradient(), upstream, ofKeysAndValues, into)
                        .in(scope);
            }
            steps.get(number).scope().close();
        }
        program.fcBackward(scope, Objects.requireNonNull(upstream), fc.get(0), fc.get(2), gradients.weights());
        Collections.reverse(compared);
        boolean[] runs = EagleTargets.starts(input.rows(), input.trained());
        return compared.stream().map(each -> each.sums(runs)).toList();
    }

    /** Gradient of the state that a step read. */
    private Tensor backward(
            TensorScope own,
            int number,
            Tensor ofOutput,
            @Nullable Tensor ofFed,
            List<Tensor> ofKeysAndValues,
            EagleProgram.Into into) {
        Step step = steps.get(number);
        if (ofFed != null) {
            program.fedBackward(own, ofFed, step.output(), into.weights(), ofOutput);
            ofFed.close();
        }
        List<Tensor> made = steps.subList(0, number + 1).stream()
                .map(Step::queriesKeysValues)
                .toList();
        EagleProgram.Steps upTo = new EagleProgram.Steps(made, ofKeysAndValues.subList(0, number + 1));
        EagleProgram.Upstream entering = program.layerBackward(
                own, ofOutput, step.results(), step.entered().get(0), upTo, step.rows(), into);
        return program.enterBackward(own, entering, step.pair(), step.entered(), into);
    }

    private List<Tensor> ofKeysAndValues() {
        int heads = 2 * head.config().keyValueHeads();
        int size = head.config().headSize();
        List<Tensor> zeros = new ArrayList<>();
        for (int number = 0; number < steps.size(); number++) {
            zeros.add(scope.zeros(head.precision(), input.rows().tokens(), heads, size));
        }
        return zeros;
    }

    /**
     * A step held against the target.
     *
     * @param each divergences, equal most likely tokens and overlaps
     * @param distances SmoothL1 of each position, if they are learned
     * @param ofOutput gradient of the step's output; null if it is only measured
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Compared(
            EagleTargets targets,
            float[] each,
            float[] distances,
            @Nullable Tensor ofOutput) {

        Tensor gradient() {
            return Objects.requireNonNull(ofOutput);
        }

        EagleSums sums(boolean[] runs) {
            return targets.sums(each, distances, runs);
        }
    }

    private Compared head(
            TensorScope own, EagleObjective objective, int number, EagleProgram.Into into, boolean backward) {
        EagleTargets targets = EagleTargets.of(input.rows(), input.trained(), number);
        EagleProgram.Learned learned =
                targets.learned(own, input.states(), table, objective.weights().get(number));
        Tensor output = steps.get(number).output();
        DistillationLoss loss = objective.loss();
        List<Tensor> results = program.head(own, output, learned, loss, into, backward);
        float[] each = results.get(0).toFloats();
        if (objective.regression() == 0) {
            return new Compared(targets, each, new float[0], backward ? results.get(1) : null);
        }
        Tensor gradient = backward
                ? results.get(1)
                : own.zeros(
                        head.precision(), input.rows().tokens(), head.config().hiddenSize());
        Tensor distances =
                program.regress(own, output, learned, targets.weights(own, objective.regression()), gradient);
        return new Compared(targets, each, distances.toFloats(), gradient);
    }

    @Override
    public void close() {
        scope.close();
    }
}
