package dev.anneal.engine.network.draft;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;

/** What a head learns from its target: distributions over the draft's vocabulary. Closed by its owner. */
public final class EagleTeacher implements AutoCloseable {

    private final TensorScope scope;
    private final Tensor norm;
    private final EagleProgram program;
    private final Tensor table;

    public EagleTeacher(EagleHead head, DecoderModel target) {
        this.scope = head.scope().child();
        this.norm = target.finalNorm();
        this.program = head.program();
        DraftVocabulary vocabulary = head.vocabulary();
        this.table = vocabulary.isWhole()
                ? target.outputEmbedding()
                : program.rowsOf(scope, target.outputEmbedding(), vocabulary.targetIds());
    }

    /**
     * The states that give the distributions, [N, H].
     *
     * @param last what leaves the target's last layer
     */
    public Tensor states(TensorScope owner, Tensor last) {
        return program.normed(owner, last, norm);
    }

    /** Output embedding of the draft's vocabulary, [D, H]. */
    Tensor table() {
        return table;
    }

    @Override
    public void close() {
        scope.close();
    }
}
