package dev.anneal.engine.train.passes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Distributes values of trained tokens from micro-batches to the rows that were split into them. */
public final class RowValues {

    private RowValues() {}

    /**
     * @param rows how many rows were split
     * @param trainedTokens of each row
     * @param ofPieces values of each micro-batch, row after row
     * @return values of each row; an empty array for a row in no micro-batch
     */
    public static List<float[]> of(
            int rows, IntUnaryOperator trainedTokens, List<MicroBatch> pieces, List<float[]> ofPieces) {
        List<float[]> ofRows = new ArrayList<>(Collections.nCopies(rows, new float[0]));
        for (int piece = 0; piece < pieces.size(); piece++) {
            int begin = 0;
            for (int row : pieces.get(piece).rowsOfStep()) {
                int end = begin + trainedTokens.applyAsInt(row);
                ofRows.set(row, Arrays.copyOfRange(ofPieces.get(piece), begin, end));
                begin = end;
            }
        }
        return ofRows;
    }
}
