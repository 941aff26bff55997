package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.CommonBeginnings.Level;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.request.JsonBody;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Tokens that need not be computed, of a thousand rows (or pairs) of 50 tokens in steps of four. */
class ExpectedSharedTokensTest {

    private static final CommonBeginnings BEGINNINGS =
            new CommonBeginnings(30_000, List.of(new Level(1, 20, 20), new Level(0.5, 30, 10)));

    private static final String SUPERVISED =
            "'method': {'type': 'supervised', 'supervised': {'hyperparameters': {'batch_size': 4, 'n_epochs': 2}}}";

    /** Of four rows three need not compute the 20 tokens; of the two rows expected with 10 more, 2 - 15/16. */
    private static final double OF_A_STEP = 3 * 20 + (2 - 0.9375) * 10;

    @Test
    void rowsOfAStepShareWhatTheyBeginWith() {
        ResolvedSettings alike = resolve(SUPERVISED, data(new CommonBeginnings(0, BEGINNINGS.levels())));
        ResolvedSettings different = resolve(SUPERVISED, data(CommonBeginnings.NONE));

        assertThat(alike.expectedSharedTokens()).isEqualTo(Math.round(500 * OF_A_STEP));
        assertThat(different.expectedSharedTokens()).isZero();
        assertThat(alike.cost().operations()).isLessThan(different.cost().operations());
    }

    @Test
    void pairsShareTheirPromptsAsWell() {
        String dpo = "'method': {'type': 'dpo', 'dpo': {'hyperparameters': {'batch_size': 4, 'n_epochs': 2}}}";

        assertThat(resolve(dpo, data(BEGINNINGS)).expectedSharedTokens())
                .isEqualTo(Math.round(2 * 30_000 + 500 * OF_A_STEP));
    }

    @Test
    void rowsWithDropoutShareNothing() {
        assertThat(resolve(SUPERVISED + ", 'afa_lora': {'dropout': 0.1}", data(BEGINNINGS))
                        .expectedSharedTokens())
                .isZero();
    }

    /** The completions of a prompt read it once. */
    @Test
    void completionsShareTheirPrompt() {
        String reinforcement =
                "'method': {'type': 'reinforcement', 'reinforcement': {'grader': {'type': 'string_check', 'name': 'n', 'input': '{{sample.output_text}}', 'reference': '{{item.a}}', 'operation': 'eq'}, 'hyperparameters': {'batch_size': 4, 'n_epochs': 1}}}, 'anneal': {'rollouts': {'group_size': 8}}";

        assertThat(resolve(reinforcement, data(CommonBeginnings.NONE)).expectedSharedTokens())
                .isEqualTo(7 * 50_000);
    }

    private static DatasetSize data(CommonBeginnings beginnings) {
        return new DatasetSize(1000, 60, 50_000, 20_000, 80, 0, beginnings);
    }

    private static ResolvedSettings resolve(String keys, DatasetSize data) {
        String json = ("{'model': 'anneal-tiny', 'training_file': 'file-1', " + keys + "}").replace('\'', '"');
        JobRequest request =
                JobRequest.read(JsonBody.of(JsonMapper.shared().readTree(json)).object());
        return SettingsResolver.resolve(
                request,
                new ModelProfiles(SettingsResolverTest.TINY, null, null),
                data,
                new EngineSetup("cpu", "fp32", false, 2),
                null);
    }
}
