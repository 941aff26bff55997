package dev.anneal.engine.network.nf4;

import dev.anneal.engine.network.torch.Tensor;

/**
 * A matrix in 4 bits. Its tensors belong to the scope that it was made in.
 *
 * @param packed indices of the values, two in a byte, blocks of the flattened matrix filled up, [K block / 2] uint8
 * @param magnitudes largest magnitude of each block, [K]: uint8 indices, or fp32 if they are not quantised
 * @param nested largest of each block of magnitudes, [L] fp32; [0] if they are not quantised
 * @param offset what is added to magnitudes, [1] fp32
 * @param map what indices of magnitudes stand for, [256] fp32
 * @param pairs what the two halves of each byte stand for, [256, 2] fp32
 * @param block values of a block
 * @param nestedBlock magnitudes of a block of them
 * @param elements of the matrix
 */
public record Nf4Matrix(
        Tensor packed,
        Tensor magnitudes,
        Tensor nested,
        Tensor offset,
        Tensor map,
        Tensor pairs,
        int block,
        int nestedBlock,
        long elements) {

    /** The same matrix with its values in another tensor. */
    public Nf4Matrix with(Tensor values) {
        return new Nf4Matrix(values, magnitudes, nested, offset, map, pairs, block, nestedBlock, elements);
    }
}
