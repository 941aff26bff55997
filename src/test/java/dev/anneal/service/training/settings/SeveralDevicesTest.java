package dev.anneal.service.training.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.text.data.CommonBeginnings;
import dev.anneal.engine.text.data.CommonBeginnings.Level;
import dev.anneal.protocol.TrainingSettings;
import dev.anneal.service.platform.process.EngineSetup;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.JsonBody;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What several devices change of a training's cost, memory and rows. */
class SeveralDevicesTest {

    private static final DatasetSize THOUSAND_ROWS = rows(CommonBeginnings.NONE);

    /** Two devices halve the passes of 64 rows, but not the step of the optimizer. */
    @Test
    void severalDevicesShareTheComputationOfAStep() {
        double alone = ofSteps(64, "'devices': 1");

        assertThat(ofSteps(64, "'devices': 2") / alone).isBetween(0.5, 0.52);
        assertThat(ofSteps(64, "'devices': 4") / alone).isBetween(0.25, 0.30);
        assertThat(ofSteps(65, "'devices': 64") / ofSteps(64, "'devices': 64"))
                .as("two rows where the others have one")
                .isGreaterThan(1.5);
    }

    /** Each of the 8 portions of a step of 8 rows is a micro-batch for one of the two threads. */
    @Test
    void portionsThatAreComputedOneAfterTheOtherLeaveThreadsIdle() {
        double ordered = ofSteps(8, "'reproducible': 'any_devices'");

        assertThat(ordered / ofSteps(8, "'devices': 1")).isBetween(1.8, 2.2);
        assertThat(ofSteps(8, "'reproducible': 'any_devices', 'devices': 8") / ordered)
                .isBetween(0.125, 0.2);
    }

    private static double ofSteps(int batch, String anneal) {
        return resolve(
                        ", 'hyperparameters': {'batch_size': %d}, 'anneal': {'max_steps': 100, %s}"
                                .formatted(batch, anneal),
                        THOUSAND_ROWS)
                .cost()
                .operations();
    }

    @Test
    void bitsForAnyNumberOfDevicesTakeMemoryForGradients() {
        ResolvedSettings same = resolve(", 'anneal': {'devices': 2}", THOUSAND_ROWS);
        ResolvedSettings any = resolve(", 'anneal': {'devices': 2, 'reproducible': 'any_devices'}", THOUSAND_ROWS);
        ResolvedSettings anyAlone = resolve(", 'anneal': {'reproducible': 'any_devices'}", THOUSAND_ROWS);
        long gradient = 4L * 16 * 6 * (384 + 256 + 256 + 384 + 704 + 704 + 704);

        assertThat(any.training().reproducible()).isEqualTo(TrainingSettings.ANY_DEVICES);
        assertThat(same.memory()).isEqualTo(resolve("", THOUSAND_ROWS).memory());
        assertThat(any.memory().adapterBytes()).isEqualTo(same.memory().adapterBytes() + 2 * gradient);
        assertThat(anyAlone.memory().adapterBytes()).isEqualTo(same.memory().adapterBytes() + gradient);
        assertThat(any.memory().totalBytes()).isEqualTo(same.memory().totalBytes() + 2 * gradient);
    }

    @Test
    void eachDeviceNeedsARowOfTheFile() {
        DatasetSize ten = new DatasetSize(10, 2, 500, 200, 80, 0, CommonBeginnings.NONE);
        String batch = ", 'hyperparameters': {'batch_size': 32}";

        assertThat(resolve(batch + ", 'anneal': {'devices': 10}", ten)
                        .training()
                        .batchRows())
                .isEqualTo(32);
        assertThatThrownBy(() -> resolve(batch + ", 'anneal': {'devices': 11}", ten))
                .isInstanceOfSatisfying(
                        Refusal.class,
                        refusal -> assertThat(refusal.parameter()).isEqualTo("anneal.devices"))
                .hasMessageContaining("is 11, but a step has 10 rows");
        assertThatThrownBy(() -> resolve(", 'anneal': {'devices': 3, 'packing': true}", ten))
                .hasMessageContaining("is 3, but a step has 2 packed sequences");
    }

    /** All rows begin with the same 20 tokens. Alone, 8 rows of 50 tokens are two micro-batches. */
    @Test
    void rowsShareTheirBeginningsWithThoseOfTheirPortion() {
        DatasetSize alike = rows(new CommonBeginnings(0, List.of(new Level(1, 20, 20))));
        String steps = ", 'hyperparameters': {'batch_size': 8, 'n_epochs': 1}, 'anneal': {'devices': ";

        assertThat(resolve(steps + "1}", alike).expectedSharedTokens()).isEqualTo(125 * 2 * 3 * 20);
        assertThat(resolve(steps + "4}", alike).expectedSharedTokens()).isEqualTo(125 * 4 * 20);
        assertThat(resolve(steps + "8}", alike).expectedSharedTokens()).isZero();
    }

    private static DatasetSize rows(CommonBeginnings beginnings) {
        return new DatasetSize(1000, 60, 50_000, 20_000, 80, 0, beginnings);
    }

    private static ResolvedSettings resolve(String moreKeys, DatasetSize data) {
        String json = ("{'model': 'anneal-tiny', 'training_file': 'file-1'" + moreKeys + "}").replace('\'', '"');
        return SettingsResolver.resolve(
                JobRequest.read(JsonBody.of(JsonMapper.shared().readTree(json)).object()),
                new ModelProfiles(SettingsResolverTest.TINY, null, null),
                data,
                new EngineSetup("cpu", "fp32", false, 2),
                null);
    }
}
