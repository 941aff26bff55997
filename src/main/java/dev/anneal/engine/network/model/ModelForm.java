package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.ProcessGroup;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the frozen projections of layers are kept between computations, and how attention is computed in training.
 *
 * @param isNf4 in 4 bits (NF4), as bitsandbytes quantises them, or as the checkpoint has them already; otherwise in the
 *     precision of the arithmetic
 * @param group whose ranks keep equal shares of them, and put a layer together when it is computed: ranks that compute,
 *     and those that wait for others in the group, meet for that. They load the same model. The group ends after the
 *     model. Null to keep all of them
 * @param attention of the rows of a micro-batch
 */
public record ModelForm(boolean isNf4, @Nullable ProcessGroup group, AttentionKind attention) {

    /** Whole, in the precision of the arithmetic. */
    public static final ModelForm RESIDENT = new ModelForm(false, null);

    /** Whole, in 4 bits. */
    public static final ModelForm NF4 = new ModelForm(true, null);

    /** With fused attention, where there is a kernel for it. */
    public ModelForm(boolean isNf4, @Nullable ProcessGroup group) {
        this(isNf4, group, AttentionKind.FUSED);
    }

    /** The same with attention whose bits are the same each time. */
    public ModelForm byRow() {
        return new ModelForm(isNf4, group, AttentionKind.BY_ROW);
    }

    FrozenWeights load(WeightLoader loader) throws IOException {
        if (isNf4) {
            return loader.loadAround(Nf4Layers.load(loader, group));
        }
        return group == null ? FrozenWeights.of(loader.load()) : loader.loadAround(ShardedLayers.load(loader, group));
    }
}
