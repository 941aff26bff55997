package dev.anneal.engine.network.model;

import dev.anneal.engine.network.torch.ProcessGroup;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How the frozen projections of layers are kept between computations.
 *
 * @param isNf4 in 4 bits (NF4), as bitsandbytes quantises them, or as the checkpoint has them already; otherwise in the
 *     precision of the arithmetic
 * @param group whose ranks keep equal shares of them, and put a layer together when it is computed: ranks that compute,
 *     and those that wait for others in the group, meet for that. They load the same model. The group ends after the
 *     model. Null to keep all of them
 */
public record ProjectionForm(boolean isNf4, @Nullable ProcessGroup group) {

    /** Whole, in the precision of the arithmetic. */
    public static final ProjectionForm RESIDENT = new ProjectionForm(false, null);

    /** Whole, in 4 bits. */
    public static final ProjectionForm NF4 = new ProjectionForm(true, null);

    FrozenWeights load(WeightLoader loader) throws IOException {
        if (isNf4) {
            return loader.loadAround(Nf4Layers.load(loader, group));
        }
        return group == null ? FrozenWeights.of(loader.load()) : loader.loadAround(ShardedLayers.load(loader, group));
    }
}
