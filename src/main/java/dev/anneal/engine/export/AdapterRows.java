package dev.anneal.engine.export;

import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.lora.AdapterMerge;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.engine.network.torch.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The weights of a base model with an adapter folded in. */
final class AdapterRows extends WeightRows {

    private final AdapterTensors adapter;
    private final double scale;

    private AdapterRows(WeightDirectory base, AdapterTensors adapter, double scale, Runnable betweenBlocks) {
        super(base, betweenBlocks);
        this.adapter = adapter;
        this.scale = scale;
    }

    static Opener opener(TrainedAdapter trained, Runnable betweenBlocks) {
        return (base, config) -> {
            AdapterTensors tensors = AdapterTensors.open(trained.file(), trained.config(), config);
            tensors.requireTargetsIn(base);
            return new AdapterRows(base, tensors, trained.config().scale(), betweenBlocks);
        };
    }

    @Override
    boolean isTrained(TensorEntry entry) {
        return adapter.targets().contains(entry.name());
    }

    @Override
    int targets() {
        return adapter.targets().size();
    }

    @Override
    BlockMerge merging(Scope scope, TensorEntry entry) throws IOException {
        AdapterMerge merge = new AdapterMerge(scope);
        long rows = entry.shape().get(0);
        Tensor a = adapter.a(scope, entry.name(), entry.shape().get(1));
        float[] b = adapter.b(scope, entry.name(), rows).toFloats();
        int rank = Math.toIntExact(b.length / rows);
        return (step, before, block, type) -> {
            int from = Math.toIntExact(block.firstRow() * rank);
            float[] own = Arrays.copyOfRange(b, from, Math.toIntExact(from + block.rows() * rank));
            return merge.merge(step, before, a, step.floats(own, block.rows(), rank), scale, type);
        };
    }

    @Override
    void requireChanged(int tensorsChanged) {
        if (tensorsChanged == 0) {
            throw new ExportException(
                    ExportException.Code.MERGE_EQUALS_BASE,
                    "the adapter changes nothing: the export would be the base");
        }
        if (tensorsChanged < targets()) {
            throw new ExportException(
                    ExportException.Code.MERGE_INCOMPLETE,
                    "the adapter targets " + targets() + " tensors but changes only " + tensorsChanged);
        }
    }

    @Override
    void describe(Map<String, @Nullable Object> proof) {
        proof.put("delta_dtype", "float32");
        super.describe(proof);
    }

    @Override
    public void close() throws IOException {
        adapter.close();
    }
}
