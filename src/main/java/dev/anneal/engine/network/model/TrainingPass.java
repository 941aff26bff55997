package dev.anneal.engine.network.model;

import dev.anneal.engine.network.objective.LossSums;
import dev.anneal.engine.network.objective.Objective;
import dev.anneal.engine.network.objective.Targets;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The passes of some rows, or of a part of a prefix, through all layers: forward once, then backward once. Closed by
 * its owner.
 */
public final class TrainingPass implements AutoCloseable {

    private final DecoderProgram program;
    private final FrozenWeights weights;
    private final TensorScope scope;
    private final Targets targets;
    private final PassControl control;
    private final int layers;
    private final LayerActivations activations;
    private final Tensor ids;
    private Tensor hidden;

    /** @param scope closed with this */
    TrainingPass(DecoderModel model, TensorScope scope, PassInput input, AppliedAdapter adapter, PassControl control) {
        this.program = model.program();
        this.weights = model.weights();
        this.scope = scope;
        this.targets = input.targets();
        this.control = control;
        this.layers = model.config().layers();
        TokenRows rows = input.rows();
        Batch batch = program.batch(scope, rows, input.continued(), weights.norm());
        this.activations = new LayerActivations(program, weights, batch, adapter, control.recompute());
        this.ids = scope.longs(rows.ids(), rows.tokens());
        this.hidden = program.embed(scope, ids, weights.embedding());
    }

    /** Computes all layers. */
    public void forward() {
        for (int layer = 0; layer < layers; layer++) {
            control.betweenLayers().run();
            hidden = activations.forward(scope, hidden);
        }
    }

    /**
     * Loss and gradient; the gradients are overwritten.
     *
     * @param objective only {@link Objective#LIKELIHOOD} if targets are shared by rows; not
     *     {@link Objective.OfLogProbabilities} if all weights are trained
     */
    public LossSums backward(Gradients gradients, Objective objective) {
        List<Tensor> head = head(gradients.ofHead(), objective);
        Tensor upstream = head.get(2);
        for (int layer = layers - 1; layer >= 0; layer--) {
            control.betweenLayers().run();
            Tensor next = activations.backward(scope, upstream, gradients, layer);
            upstream.close();
            upstream = next;
        }
        embedBackward(upstream, gradients.weights());
        return DecoderModel.sums(head, targets);
    }

    /** Sums of the loss, its values at each position, and the gradient of the hidden states. */
    private List<Tensor> head(List<Tensor> weightGradients, Objective objective) {
        if (objective instanceof Objective.Distillation lesson) {
            List<Tensor> head = program.distil(scope, hidden, targets, lesson, weights, weightGradients, true);
            lesson.receiver().accept(head.get(1).toFloats());
            return head;
        }
        List<Tensor> head = program.head(scope, hidden, targets, weights, weightGradients, true);
        if (objective instanceof Objective.OfLogProbabilities function) {
            program.weigh(scope, head.get(2), targets, function.derivatives(DecoderModel.logProbabilities(head)));
        }
        return head;
    }

    /** The gradient of a tied embedding already holds the head's part. */
    private void embedBackward(Tensor upstream, @Nullable DecoderTensors gradients) {
        if (gradients != null) {
            boolean tied = gradients.embedding() == gradients.head();
            program.embedBackward(scope, upstream, ids, gradients.embedding(), !tied);
        }
    }

    @Override
    public void close() {
        scope.close();
    }
}
