package dev.anneal.engine.export;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.gguf.GgufFile;
import dev.anneal.engine.format.gguf.GgufTensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a written file back and compares every number with the merged weight in fp32. This shows that the file
 * represents the merged model as exactly as its types allow; llama.cpp is not run.
 */
final class GgufProof {

    private final GgufFile file;
    private long numbers;
    private double sumError;
    private double maxError;

    private GgufProof(GgufFile file) {
        this.file = file;
    }

    /**
     * @param tensors that were written, which give the same numbers again
     * @throws ExportException {@code merge_not_equivalent} if a number deviates by more than rounding to its type
     */
    static void require(Path path, List<GgufTensor> tensors, Map<String, @Nullable Object> proof) throws IOException {
        try (GgufFile file = GgufFile.open(path)) {
            GgufProof reading = new GgufProof(file);
            for (GgufTensor tensor : tensors) {
                reading.require(tensor);
            }
            proof.put("tensors_read_back", tensors.size());
            proof.put("numbers_read_back", reading.numbers);
            proof.put("max_abs_error", reading.maxError);
            proof.put("mean_abs_error", reading.numbers == 0 ? 0 : reading.sumError / reading.numbers);
        }
    }

    private void require(GgufTensor tensor) throws IOException {
        long[] at = {0};
        tensor.content().writeTo(exact -> {
            require(tensor, exact, file.numbers(tensor.name(), at[0], exact.length));
            at[0] += exact.length;
        });
    }

    private void require(GgufTensor tensor, float[] exact, float[] stored) {
        float[] allowed = tensor.type().largestErrors(exact);
        for (int i = 0; i < exact.length; i++) {
            double error = Math.abs((double) stored[i] - exact[i]);
            if (!(error <= allowed[i])) {
                throw Float.isFinite(stored[i]) ? tooFar(tensor, exact[i], stored[i]) : overflow(tensor, exact[i]);
            }
            sumError += error;
            maxError = Math.max(maxError, error);
        }
        numbers += exact.length;
    }

    private static ExportException tooFar(GgufTensor tensor, float exact, float stored) {
        return new ExportException(
                ExportException.Code.MERGE_NOT_EQUIVALENT,
                "'%s' holds %s in the written file where the merged weight is %s, which rounding to %s does not explain"
                        .formatted(tensor.name(), stored, exact, tensor.type()));
    }

    private static ExportException overflow(GgufTensor tensor, float exact) {
        return new ExportException(
                ExportException.Code.NON_FINITE_DELTA,
                "'%s' has a merged weight of %s, which is not finite in %s; gguf_type bf16 and f32 hold it"
                        .formatted(tensor.name(), exact, tensor.type()));
    }
}
