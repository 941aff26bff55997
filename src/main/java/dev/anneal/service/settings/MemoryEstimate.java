package dev.anneal.service.settings;

import dev.anneal.protocol.AdapterSettings;

/**
 * Memory that a training needs beside the engine itself, by a formula simple enough to be checked by hand.
 *
 * <ul>
 *   <li>weights: 2 bytes a parameter (bf16);
 *   <li>adapter: 16 bytes a trained parameter (fp32 value, gradient and AdamW's two moments);
 *   <li>activations: 2 bytes for each output of each layer's projections and four hidden vectors, for every token of one step;
 *   <li>head: fp32 logits of one chunk of {@value #HEAD_CHUNK_TOKENS} tokens, twice.
 * </ul>
 */
public record MemoryEstimate(
        long weightsBytes, long adapterBytes, long activationsBytes, long headBytes, long totalBytes) {

    private static final int HEAD_CHUNK_TOKENS = 256;

    /** @param stepTokens tokens of one optimizer step */
    public static MemoryEstimate of(ModelProfile model, AdapterSettings adapter, long stepTokens) {
        long weights = 2 * model.parameters();
        long adapterBytes = 16 * model.adapterParameters(adapter);
        long activations = 2 * stepTokens * model.layers() * model.activationsPerToken();
        long head = 2L * 4 * HEAD_CHUNK_TOKENS * model.vocabularySize();
        return new MemoryEstimate(
                weights, adapterBytes, activations, head, weights + adapterBytes + activations + head);
    }
}
