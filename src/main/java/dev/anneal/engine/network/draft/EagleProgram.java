package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.architecture.LayerKind;
import dev.anneal.engine.network.architecture.ProjectionGroup;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.AttentionKind;
import dev.anneal.engine.network.model.Batch;
import dev.anneal.engine.network.model.DecoderProgram;
import dev.anneal.engine.network.model.DecodingProgram;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/**
 * The methods of {@code torchscript/decoder/eagle}, with its shapes: one Java method for each. Results belong to the
 * given scope.
 */
final class EagleProgram {

    private final EagleConfig config;
    private final DecoderProgram decoder;
    private final Program program;
    private final EagleTensors weights;

    /** In place of a norm that there is none of. */
    private final Tensor none;

    /** @param decoder as {@link #decoder} makes it */
    EagleProgram(TensorScope owner, EagleConfig config, DecoderProgram decoder, EagleTensors weights) {
        this.config = config;
        this.decoder = decoder;
        this.program = decoder.of(0);
        this.weights = weights;
        this.none = owner.zeros(ElementType.FLOAT32, 0);
    }

    /** The program of a decoder, with the methods of draft heads. */
    static DecoderProgram decoder(TensorScope owner, EagleConfig config) {
        List<String> parts = new ArrayList<>(DecoderProgram.PARTS);
        parts.add("decoder/eagle");
        return new DecoderProgram(owner, config.layer(), parts, AttentionKind.FUSED);
    }

    /** What its layer has in common with a decoder's. */
    DecoderProgram decoder() {
        return decoder;
    }

    EagleTensors weights() {
        return weights;
    }

    Tensor concatenated(TensorScope scope, List<Tensor> parts) {
        return program.call(scope, "beside", parts);
    }

    /** The layer's first state, then the statistic of the norms before it. */
    List<Tensor> fc(TensorScope scope, Tensor x) {
        return program.callForList(scope, "fc", x, weights.fcNorm(), config.fcNorms(), weights.fc(), weights.fcBias());
    }

    void fcBackward(TensorScope scope, Tensor upstream, Tensor x, Tensor statistic, EagleTensors gradients) {
        program.call(
                        scope,
                        "fc_backward",
                        upstream,
                        x,
                        statistic,
                        weights.fcNorm(),
                        config.fcNorms(),
                        weights.fc(),
                        gradients.fcNorm(),
                        gradients.fc(),
                        gradients.fcBias())
                .close();
    }

    /** Attention input and residual of the layer, then the statistics of norms. */
    List<Tensor> enter(TensorScope scope, Pair pair) {
        Tensor state = pair.state();
        if (config.isEagle3()) {
            return program.callForList(
                    scope,
                    "pair",
                    pair.embedded(),
                    state,
                    weights.inputNorm(),
                    weights.hiddenNorm(),
                    config.has(EagleSwitch.NORM_BEFORE_RESIDUAL));
        }
        List<Tensor> normed = program.callForList(scope, "single_input", state, weights.inputNorm());
        return List.of(normed.get(0), state, normed.get(1));
    }

    /**
     * Gradient of the state.
     *
     * @param entered results of {@link #enter}
     */
    Tensor enterBackward(TensorScope scope, Upstream upstream, Pair pair, List<Tensor> entered, Into into) {
        EagleTensors gradients = into.weights();
        if (!config.isEagle3()) {
            return program.call(
                    scope,
                    "single_input_backward",
                    upstream.attention(),
                    upstream.residual(),
                    pair.state(),
                    entered.get(2),
                    weights.inputNorm(),
                    gradients.inputNorm());
        }
        return program.call(
                scope,
                "pair_backward",
                upstream.attention(),
                upstream.residual(),
                pair.embedded(),
                pair.state(),
                entered.get(2),
                entered.get(3),
                weights.hiddenNorm(),
                gradients.inputNorm(),
                gradients.hiddenNorm(),
                config.has(EagleSwitch.NORM_BEFORE_RESIDUAL),
                into.add());
    }

    /**
     * What a step reads.
     *
     * @param state of EAGLE-1, what fc makes of embedding and state
     */
    record Pair(Tensor embedded, Tensor state) {}

    /** Gradients of a layer's attention input and of its residual. */
    record Upstream(Tensor attention, Tensor residual) {}

    /**
     * Where a backward writes gradients.
     *
     * @param adapter of the layer: A and B of each group
     * @param add whether they are added to what is there
     */
    record Into(EagleTensors weights, List<Tensor> adapter, boolean add) {}

    /**
     * A step of the layer: its output, what the backward needs, then queries, keys and values.
     *
     * @param earlier queries, keys and values of the steps before
     */
    List<Tensor> layer(TensorScope scope, List<Tensor> entered, List<Tensor> earlier, EagleStepRows rows) {
        AppliedAdapter adapter = rows.adapter();
        return program.callForList(
                scope,
                "draft_layer",
                entered.get(0),
                entered.get(1),
                earlier,
                weights.layer(),
                adapter.layers().get(0),
                adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                adapter.parts(ProjectionGroup.FEED_FORWARD),
                rows.turns().cos(),
                rows.turns().sin(),
                rows.offsets(),
                rows.seeds(),
                adapter.activation(),
                adapter.beta(),
                adapter.dropout().probability());
    }

    /**
     * Gradients of attention input and residual.
     *
     * @param results of {@link #layer}
     * @param attention the layer's attention input
     * @param steps queries, keys and values of the steps up to this one, and gradients of keys and values
     */
    Upstream layerBackward(
            TensorScope scope,
            Tensor upstream,
            List<Tensor> results,
            Tensor attention,
            Steps steps,
            EagleStepRows rows,
            Into into) {
        AppliedAdapter adapter = rows.adapter();
        List<Tensor> gradients = program.callForList(
                scope,
                "draft_layer_backward",
                upstream,
                results.subList(1, results.size() - 1),
                attention,
                steps.made(),
                steps.gradients(),
                weights.layer(),
                adapter.layers().get(0),
                into.adapter(),
                into.weights().layer(),
                adapter.parts(ProjectionGroup.ATTENTION_INPUT),
                adapter.parts(ProjectionGroup.ATTENTION_OUTPUT),
                adapter.parts(ProjectionGroup.FEED_FORWARD),
                adapter.parts(ProjectionGroup.DOWN),
                rows.turns().cos(),
                rows.turns().sin(),
                rows.offsets(),
                rows.seeds(),
                adapter.scale(),
                adapter.activation(),
                adapter.beta(),
                adapter.dropout().probability(),
                into.add());
        return new Upstream(gradients.get(0), gradients.get(1));
    }

    /**
     * Queries, keys and values of the steps up to one.
     *
     * @param gradients of their keys and values, [N, 2 KV, D] each
     */
    record Steps(List<Tensor> made, List<Tensor> gradients) {}

    /**
     * Divergences, equal most likely tokens and overlaps of the chosen positions, [3, M], then the gradient of
     * {@code x} if {@code backward}.
     */
    List<Tensor> head(
            TensorScope scope, Tensor x, Learned learned, DistillationLoss loss, Into into, boolean backward) {
        return program.callForList(
                scope,
                "draft_head",
                x,
                weights.norm(),
                weights.head(),
                learned.at(),
                learned.states(),
                learned.statesAt(),
                learned.embedding(),
                learned.weights(),
                loss.number(),
                into.weights().norm(),
                into.weights().head(),
                into.add(),
                backward);
    }

    /**
     * What a step learns.
     *
     * @param at tokens whose states predict, [M]
     * @param states the target's, normed, [N, H]
     * @param statesAt tokens whose states they learn from, [M]
     * @param embedding the target's output embedding of the draft's vocabulary
     * @param weights of the positions, [M] fp32
     */
    record Learned(Tensor at, Tensor states, Tensor statesAt, Tensor embedding, Tensor weights) {}

    /** The state that the next step reads. */
    Tensor nextInput(TensorScope scope, Tensor output) {
        return config.has(EagleSwitch.NORM_OUTPUT) ? normed(scope, output, weights.norm()) : output;
    }

    /** Adds the gradient of the state that the next step reads to that of a step's output. */
    void fedBackward(TensorScope scope, Tensor upstream, Tensor output, EagleTensors gradients, Tensor gradient) {
        boolean normed = config.has(EagleSwitch.NORM_OUTPUT);
        program.call(scope, "fed_backward", upstream, output, weights.norm(), gradients.norm(), normed, gradient)
                .close();
    }

    /**
     * SmoothL1 of each position, [M].
     *
     * @param weights of the positions in the gradient
     * @param gradient of {@code x}, to which it is added
     */
    Tensor regress(TensorScope scope, Tensor x, Learned learned, Tensor weights, Tensor gradient) {
        return program.call(scope, "regress", x, learned.at(), learned.states(), learned.statesAt(), weights, gradient);
    }

    Tensor embed(TensorScope scope, long[] ids, Tensor table) {
        try (Tensor chosen = scope.longs(ids, ids.length)) {
            return decoder.embed(scope, chosen, table);
        }
    }

    /** [N, H], the hidden states of a model before its final norm, after it. */
    Tensor normed(TensorScope scope, Tensor x, Tensor weight) {
        return program.call(scope, "normed", x, weight);
    }

    /** What the output embedding reads of the layer's output, [N, H]. */
    Tensor outputStates(TensorScope scope, Tensor output) {
        return normed(scope, output, weights.norm());
    }

    /** Logits from the layer's output, [N, D] fp32. */
    Tensor logits(TensorScope scope, Tensor output) {
        return program.call(scope, "draft_logits", output, weights.norm(), weights.head());
    }

    /** Logits from the state that the next step reads, [N, D] fp32. */
    Tensor fedLogits(TensorScope scope, Tensor fed) {
        Tensor norm = config.has(EagleSwitch.NORM_OUTPUT) ? none : weights.norm();
        return program.call(scope, "draft_logits", fed, norm, weights.head());
    }

    /** Logits of a vocabulary of which these are a part, [N, size]; minus infinity elsewhere. */
    Tensor spread(TensorScope scope, Tensor logits, long[] ids, int size) {
        try (Tensor at = scope.longs(ids, ids.length)) {
            return program.call(scope, "spread", logits, at, (long) size);
        }
    }

    /** The layer's output for rows that continue cached sequences. */
    Tensor read(
            TensorScope scope, List<Tensor> entered, Batch batch, DecodingProgram.Slots slots, AppliedAdapter adapter) {
        LayerKind kind = config.layer().kinds().get(0);
        return program.call(
                scope,
                "draft_read",
                entered.get(0),
                entered.get(1),
                weights.layer(),
                adapter.layers().get(0),
                new long[] {0, 0, batch.rows().tokens()},
                new long[] {adapter.activation()},
                new double[] {adapter.beta()},
                batch.turns(kind).cos(),
                batch.turns(kind).sin(),
                batch.rows().offsets(),
                batch.rows().past(),
                slots.next(kind),
                (long) slots.first(),
                slots.cache().layers().get(0));
    }

    /** States of the tokens from {@code begin} to before {@code end} in the host's memory, [states, end - begin, H]. */
    Tensor statesOfRow(TensorScope scope, List<Tensor> states, int begin, int end) {
        return program.call(scope, "states_of_row", states, begin, end);
    }

    /** Those of rows one after another, [N, H] each. */
    List<Tensor> statesOfRows(TensorScope scope, List<Tensor> rows) {
        return program.callForList(scope, "states_of_rows", rows, scope.device());
    }

    /** Rows of a table, [ids, H]. */
    Tensor rowsOf(TensorScope scope, Tensor table, long[] ids) {
        try (Tensor chosen = scope.longs(ids, ids.length)) {
            return program.call(scope, "rows_of", table, chosen);
        }
    }
}
