package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.torch.Scope;
import java.io.IOException;
import java.nio.file.Path;

/** The masters of a training of all weights; what the training does not know, such as stored rotary tables, is the base's. */
final class TrainedRows extends WeightRows {

    private final WeightDirectory trained;

    private TrainedRows(WeightDirectory base, WeightDirectory trained, Runnable betweenBlocks) {
        super(base, betweenBlocks);
        this.trained = trained;
    }

    static Opener opener(Path checkpoint, Runnable betweenBlocks) {
        return (base, config) -> new TrainedRows(base, WeightDirectory.open(checkpoint), betweenBlocks);
    }

    @Override
    boolean isTrained(TensorEntry entry) {
        return trained.contains(entry.name());
    }

    @Override
    int targets() {
        return trained.names().size();
    }

    @Override
    BlockMerge merging(Scope scope, TensorEntry entry) {
        AdapterMerge merge = new AdapterMerge(scope);
        return (step, before, block, type) ->
                merge.replace(step, before, read(step, trained, entry.name(), block), type);
    }

    @Override
    void requireChanged(int tensorsChanged) {
        if (tensorsChanged == 0) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the training has changed nothing: the export would be the base");
        }
    }

    @Override
    public void close() throws IOException {
        trained.close();
    }
}
