package dev.anneal.engine.train.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.text.data.EncodedRow;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Steps are cut into micro-batches by the lengths of their rows alone, evenly, and without losing a row. */
class MicroBatchTest {

    @Test
    void shortRowsStayTogether() {
        List<MicroBatch> batches = MicroBatch.split(rows(20, 30, 40), 1, Sharing.NONE, DeviceLimits.CPU);

        assertThat(batches).hasSize(1);
        assertThat(batches.get(0).rowsOfStep()).containsExactly(0, 1, 2);
        assertThat(batches.get(0).targets().count()).isEqualTo(87);
    }

    @Test
    void severalMicroBatchesAreEvenInNumberAndLength() {
        List<MicroBatch> batches =
                MicroBatch.split(rows(128, 128, 128, 128, 100, 45), 1, Sharing.NONE, DeviceLimits.CPU);

        assertThat(batches).hasSize(4);
        assertThat(batches).extracting(batch -> batch.rows().tokens()).containsExactly(228, 173, 128, 128);
        assertThat(batches.stream().flatMap(batch -> batch.rowsOfStep().stream()))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    }

    @Test
    void theMicroBatchWithTheMostTokensComesFirst() {
        List<MicroBatch> batches =
                MicroBatch.split(rows(440, 200, 140, 140, 140, 120, 90, 82), 1, Sharing.NONE, DeviceLimits.CPU);

        assertThat(batches).extracting(batch -> batch.rows().tokens()).containsExactly(440, 222, 210, 200, 140, 140);
    }

    @Test
    void aCudaDeviceTakesMoreTokensAtOneTime() {
        List<EncodedRow> rows = rows(1024, 1024, 1024, 1024);

        assertThat(MicroBatch.split(rows, 1, Sharing.NONE, DeviceLimits.of("cuda:0")))
                .hasSize(1);
        assertThat(MicroBatch.split(rows, 1, Sharing.NONE, DeviceLimits.of("cpu")))
                .hasSize(4);
    }

    @Test
    void aRowIsNeverCut() {
        List<MicroBatch> batches = MicroBatch.split(rows(2000), 1, Sharing.NONE, DeviceLimits.CPU);

        assertThat(batches).hasSize(1);
        assertThat(batches.get(0).rows().tokens()).isEqualTo(2000);
    }

    @Test
    void rowsOfAUnitStayTogetherInTheirOrder() {
        List<EncodedRow> rows = rows(100, 90, 10, 20, 200, 40, 30, 60, 128, 128);
        List<MicroBatch> batches = MicroBatch.split(rows, 2, Sharing.NONE, DeviceLimits.CPU);

        assertThat(batches)
                .extracting(MicroBatch::rowsOfStep)
                .containsExactly(List.of(8, 9), List.of(4, 5), List.of(0, 1), List.of(2, 3, 6, 7));
    }

    @Test
    void rowsWithoutATrainedTokenAreLeftOut() {
        EncodedRow context = new EncodedRow(1, new int[] {5, 6}, new int[] {-100, -100}, false);

        assertThat(MicroBatch.split(List.of(context), 1, Sharing.NONE, DeviceLimits.CPU))
                .isEmpty();
        assertThat(MicroBatch.split(List.of(context, rows(3).get(0)), 1, Sharing.NONE, DeviceLimits.CPU)
                        .get(0)
                        .rowsOfStep())
                .containsExactly(1);
    }

    /**
     * Two groups of 40 shared tokens: 39 of them are computed once, but where a micro-batch has as much as it aims at.
     */
    @Test
    void neighboursWithTheSamePromptShareIt() {
        List<EncodedRow> rows = IntStream.range(0, 12)
                .mapToObj(i -> completion(i < 8 ? 0 : 500, 40, 97))
                .toList();

        List<MicroBatch> apart = MicroBatch.split(rows, 1, Sharing.NONE, DeviceLimits.CPU);
        List<MicroBatch> shared = MicroBatch.split(rows, 1, Sharing.PROMPTS, DeviceLimits.CPU);

        assertThat(apart.stream().mapToInt(batch -> batch.rows().tokens()).sum())
                .isEqualTo(12 * 97);
        assertThat(shared)
                .extracting(MicroBatch::rowsOfStep)
                .containsExactly(List.of(0, 1, 2, 3), List.of(4, 5, 6, 7), List.of(8, 9, 10, 11));
        assertThat(shared).allSatisfy(batch -> {
            assertThat(batch.rows().tokens()).isEqualTo(39 + 4 * 58);
            assertThat(batch.targets().count()).isEqualTo(4 * 57);
        });
    }

    @Test
    void shortPromptsAndThoseOfOtherRowsAreNotShared() {
        List<EncodedRow> rows = List.of(completion(0, 16, 30), completion(0, 16, 30), completion(0, 40, 60));

        assertThat(MicroBatch.split(rows, 1, Sharing.PROMPTS, DeviceLimits.CPU))
                .extracting(batch -> batch.rows().tokens())
                .containsExactly(120);
    }

    /** 400 tokens in common, of which each row keeps one, and eight rows of 100 more. */
    @Test
    void aLongBeginningOfSeveralMicroBatchesHasPassesOfItsOwn() {
        List<EncodedRow> rows =
                IntStream.range(0, 8).mapToObj(i -> branch(i, 400, 500)).toList();

        List<MicroBatch> batches = MicroBatch.split(rows, 1, Sharing.ALL, DeviceLimits.CPU);

        assertThat(batches).hasSize(4).allSatisfy(batch -> {
            assertThat(batch.rows().start()).isEqualTo(399);
            assertThat(batch.rows().tokens()).isEqualTo(2 * 101);
            assertThat(batch.targets().count()).isEqualTo(2 * 100);
        });
        Prefix prefix = Objects.requireNonNull(batches.get(0).prefix());
        assertThat(batches).allMatch(batch -> batch.prefix() == prefix);
        assertThat(prefix.parts()).extracting(part -> part.rows().tokens()).containsExactly(199, 200);
        assertThat(prefix.parts()).extracting(part -> part.rows().start()).containsExactly(0, 199);
        // All tokens but the first are trained, in eight rows each.
        assertThat(prefix.parts()).extracting(part -> part.targets().trained()).containsExactly(8L * 199, 8L * 200);
        assertThat(MicroBatch.sharedTokens(batches)).isEqualTo(7 * 399);
        assertThat(MicroBatch.split(rows, 1, Sharing.NONE, DeviceLimits.CPU).stream()
                        .mapToLong(batch -> batch.targets().trained())
                        .sum())
                .isEqualTo(8 * 499);
    }

    /** Two conversations in each of which the next row goes on where the last one ended. */
    @Test
    void aRowMayBeTheBeginningOfAnother() {
        List<EncodedRow> rows =
                List.of(branch(1, 0, 300), branch(1, 0, 600), branch(1, 0, 900), branch(2, 0, 300), branch(2, 0, 600));

        List<MicroBatch> batches = MicroBatch.split(rows, 1, Sharing.ALL, DeviceLimits.CPU);

        assertThat(batches.stream().flatMap(batch -> batch.rowsOfStep().stream()))
                .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(batches)
                .extracting(
                        batch -> batch.rowsOfStep() + " from " + batch.rows().start())
                .containsExactlyInAnyOrder(
                        "[0] from 299", "[1] from 599", "[2] from 599", "[3] from 299", "[4] from 299");
        assertThat(batches)
                .filteredOn(batch -> batch.rowsOfStep().contains(2))
                .allSatisfy(batch -> assertThat(
                                Objects.requireNonNull(batch.prefix()).parent())
                        .isNotNull());
    }

    /** A row that has the first {@code common} tokens in common with the others. */
    private static EncodedRow branch(int number, int common, int tokens) {
        int[] ids = IntStream.range(0, tokens)
                .map(token -> token < common ? token : 1000 * number + token)
                .toArray();
        int[] labels = ids.clone();
        labels[0] = EncodedRow.NOT_TRAINED;
        return new EncodedRow(1, ids, labels, false);
    }

    private static EncodedRow completion(int firstId, int promptTokens, int tokens) {
        int[] ids = IntStream.range(firstId, firstId + tokens).toArray();
        int[] labels = ids.clone();
        Arrays.fill(labels, 0, promptTokens, EncodedRow.NOT_TRAINED);
        return new EncodedRow(1, ids, labels, false);
    }

    private static List<EncodedRow> rows(int... lengths) {
        return Arrays.stream(lengths).mapToObj(MicroBatchTest::row).toList();
    }

    private static EncodedRow row(int length) {
        int[] ids = IntStream.range(0, length).toArray();
        int[] labels = ids.clone();
        labels[0] = EncodedRow.NOT_TRAINED;
        return new EncodedRow(1, ids, labels, false);
    }
}
