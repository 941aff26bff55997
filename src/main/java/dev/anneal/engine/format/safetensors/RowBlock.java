package dev.anneal.engine.format.safetensors;

import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive rows of a tensor in a file; for a scalar its element.
 *
 * @param firstRow index of the first row
 * @param rows number of rows
 * @param offset offset of the first byte within the tensor
 * @param byteCount number of bytes
 */
public record RowBlock(long firstRow, long rows, long offset, int byteCount) {

    /**
     * Splits a tensor into blocks of at most about {@code blockBytes}, at least one row each; rows that share bytes
     * stay together.
     */
    public static List<RowBlock> of(TensorEntry entry, int blockBytes) {
        return of(entry, blockBytes, 1);
    }

    /** As {@link #of(TensorEntry, int)}, with whole groups of {@code groupRows} rows in each block, at least one. */
    public static List<RowBlock> of(TensorEntry entry, int blockBytes, int groupRows) {
        long rows = entry.shape().isEmpty() ? 1 : entry.shape().get(0);
        List<RowBlock> blocks = new ArrayList<>();
        if (entry.byteCount() == 0) {
            return blocks;
        }
        if (entry.byteCount() % rows != 0) {
            return List.of(new RowBlock(0, rows, 0, Math.toIntExact(entry.byteCount())));
        }
        long rowBytes = entry.byteCount() / rows;
        long blockRows = Math.max(1, blockBytes / rowBytes / groupRows) * groupRows;
        for (long row = 0; row < rows; row += blockRows) {
            long count = Math.min(blockRows, rows - row);
            blocks.add(new RowBlock(row, count, row * rowBytes, Math.toIntExact(count * rowBytes)));
        }
        return blocks;
    }
}
