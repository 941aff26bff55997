package dev.anneal.service.training.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.CommonBeginnings.Level;
import dev.anneal.engine.text.data.TokenReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever is not trained as it was written is said, and nothing else. */
class DatasetEventsTest {

    @Test
    void rowsThatAreTrainedAsTheyStandAreNotSpokenOf() {
        assertThat(DatasetEvents.warnings("file-1", report(0, 0, 0))).isEmpty();
    }

    @Test
    void whatIsCutOrLacksItsEndOrIsLeftOutIsSaid() {
        assertThat(DatasetEvents.warnings("file-1", report(2, 3, 4)))
                .satisfiesExactly(
                        cut -> assertThat(cut).startsWith("2 of 10 rows of file-1 are longer than 64 tokens"),
                        unended -> assertThat(unended)
                                .startsWith("3 rows of file-1 have no trained end-of-turn token")
                                .contains("the model's chat template writes none"),
                        unshown -> assertThat(unshown)
                                .startsWith("the model's chat template leaves out text of 4 rows of file-1")
                                .endsWith("in lines [7]"));
    }

    @Test
    void rowsThatBeginAlikeAndDropInputsAreSaidToBeComputedApart() {
        CommonBeginnings alike =
                new CommonBeginnings(0, List.of(new Level(1, 30, 30), new Level(0.6, 50, 20), new Level(0.2, 90, 40)));

        assertThat(DatasetEvents.unshared("file-1", alike, 0.1))
                .hasValueSatisfying(warning -> assertThat(warning)
                        .startsWith("half of the rows of file-1 or more begin with the same 50 tokens")
                        .contains("a dropout of 0.1"));
        assertThat(DatasetEvents.unshared("file-1", alike, 0)).isEmpty();
        assertThat(DatasetEvents.unshared("file-1", CommonBeginnings.NONE, 0.1)).isEmpty();
    }

    private static TokenReport report(int truncated, int unended, int unshown) {
        return new TokenReport(
                64,
                10,
                7,
                400,
                100,
                99,
                5,
                truncated,
                List.of(5L),
                unended,
                unshown,
                List.of(7L),
                Map.of(),
                List.of(),
                CommonBeginnings.NONE);
    }
}
