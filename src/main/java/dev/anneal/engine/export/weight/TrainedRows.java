package dev.anneal.engine.export.weight;

import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;

/**
 * The fp32 masters of a training of all weights. Tensors without a trained counterpart, such as stored rotary tables,
 * are the base's.
 */
public final class TrainedRows extends WeightRows {

    private final WeightDirectory trained;

    /** @param trained closed with this */
    public TrainedRows(WeightDirectory base, WeightDirectory trained, Runnable betweenBlocks) {
        super(base, trained.names(), betweenBlocks);
        this.trained = trained;
    }

    @Override
    BlockMerge merging(TensorScope scope, TensorEntry entry) {
        AdapterMerge merge = new AdapterMerge(scope);
        return (step, before, block, type) ->
                merge.replace(step, before, read(step, trained, entry.name(), block), type);
    }

    @Override
    public void close() throws IOException {
        trained.close();
    }
}
