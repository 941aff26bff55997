package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.network.model.GoldenTensors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The rule by which tokens are chosen, and how files name them. */
class DraftVocabularyTest {

    private static final String GOLDEN = "draft3/eagle3/vocabulary.safetensors";

    @Test
    void theMostFrequentTokensAreThoseOfSpeculators() throws IOException {
        long[] offsets = longs("d2t");

        DraftVocabulary vocabulary = DraftVocabulary.ofCounts(longs("counts"), offsets.length);

        assertThat(vocabulary.offsets()).isEqualTo(offsets);
        assertThat(vocabulary.members()).isEqualTo(members());
        assertThat(DraftVocabulary.ofOffsets(offsets, 97).targetIds()).isEqualTo(vocabulary.targetIds());
        assertThat(vocabulary.targetIds()[60]).isEqualTo(60 + offsets[60]);
        assertThat(vocabulary.isWhole()).isFalse();
    }

    @Test
    void unseenTokensFillTheRest() {
        DraftVocabulary vocabulary = DraftVocabulary.ofCounts(new long[] {0, 0, 7, 0, 9, 7}, 5);

        assertThat(vocabulary.targetIds()).containsExactly(0, 1, 2, 4, 5);
        assertThat(DraftVocabulary.ofCounts(new long[] {0, 0, 7, 0, 9, 7}, 2).targetIds())
                .containsExactly(2, 4);
    }

    @Test
    void offsetsMustGiveAscendingTokensOfTheTarget() {
        assertThatThrownBy(() -> DraftVocabulary.ofOffsets(new long[] {3, 2}, 9))
                .hasMessageContaining("draft id 1 cannot be target id 3 of 9, after 3");
        assertThatThrownBy(() -> DraftVocabulary.ofOffsets(new long[] {0, 8}, 9))
                .hasMessageContaining("target id 9");
    }

    private static long[] longs(String tensor) {
        return Arrays.stream(GoldenTensors.ints(GOLDEN, tensor)).asLongStream().toArray();
    }

    private static boolean[] members() throws IOException {
        try (SafetensorsFile file = SafetensorsFile.open(GoldenTensors.path(GOLDEN))) {
            ByteBuffer bytes = file.bytes("t2d");
            boolean[] members = new boolean[bytes.remaining()];
            for (int i = 0; i < members.length; i++) {
                members[i] = bytes.get() != 0;
            }
            return members;
        }
    }
}
