package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.FrozenLayers;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/** The weights that a new head begins with, in the target's precision. */
record EagleStart(TensorScope scope, Program program, EagleConfig config, DecoderModel target) {

    EagleTensors weights(DraftVocabulary vocabulary, int copied) {
        try (FrozenLayers.Loan lent = target.layerWeights(copied)) {
            return weights(vocabulary, lent.weights());
        }
    }

    /** @param source weights of the target's layer that the head's layer is a copy of */
    private EagleTensors weights(DraftVocabulary vocabulary, List<Tensor> source) {
        List<Tensor> layer = new ArrayList<>(source.stream().map(this::own).toList());
        Tensor none = scope.zeros(ElementType.FLOAT32, 0);
        Tensor bias = config.has(EagleSwitch.FC_BIAS)
                ? scope.zeros(target.precision(), config.hiddenSize())
                : scope.zeros(target.precision(), 0);
        if (!config.isEagle3()) {
            if (!config.has(EagleSwitch.INPUT_NORM)) {
                layer.set(0, scope.zeros(target.precision(), 0));
            }
            return new EagleTensors(
                    layer, none, fc(2, 2), bias, none, scope.zeros(target.precision(), 0), target.outputEmbedding());
        }
        try (FrozenLayers.Loan first = target.layerWeights(0)) {
            layer.set(0, own(first.weights().get(0)));
        }
        layer.set(1, program.call(scope, "widened", source.get(1)));
        return new EagleTensors(
                layer,
                own(source.get(0)),
                fc(config.streams().size(), 1),
                bias,
                config.fcNorms() == 0 ? none : program.call(scope, "ones", target.finalNorm(), config.fcInputs()),
                own(target.finalNorm()),
                rows(vocabulary));
    }

    private Tensor own(Tensor weight) {
        return program.call(scope, "own", weight);
    }

    private Tensor fc(int parts, int handedOn) {
        return program.call(scope, "handing_on", target.finalNorm(), parts, handedOn);
    }

    /** The target's output embedding of the draft's vocabulary. */
    private Tensor rows(DraftVocabulary vocabulary) {
        try (Tensor ids = scope.longs(vocabulary.targetIds(), vocabulary.size())) {
            return program.call(scope, "rows_of", target.outputEmbedding(), ids);
        }
    }
}
