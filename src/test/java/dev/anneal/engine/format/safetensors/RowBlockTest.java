package dev.anneal.engine.format.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Blocks cover a tensor row by row, without gap. */
class RowBlockTest {

    @Test
    void blocksHoldAsManyRowsAsFit() {
        assertThat(RowBlock.of(new TensorEntry("t", Dtype.F32, List.of(5L, 2L), 0, 40), 20))
                .containsExactly(new RowBlock(0, 2, 0, 16), new RowBlock(2, 2, 16, 16), new RowBlock(4, 1, 32, 8));
    }

    @Test
    void scalarsAreOneBlockAndEmptyTensorsNone() {
        assertThat(RowBlock.of(new TensorEntry("t", Dtype.I64, List.of(), 8, 16), 1))
                .containsExactly(new RowBlock(0, 1, 0, 8));
        assertThat(RowBlock.of(new TensorEntry("t", Dtype.I64, List.of(0L, 4L), 8, 8), 1))
                .isEmpty();
    }

    @Test
    void rowsThatShareBytesStayTogether() {
        assertThat(RowBlock.of(new TensorEntry("t", Dtype.F4, List.of(4L), 0, 2), 1))
                .containsExactly(new RowBlock(0, 4, 0, 2));
    }
}
