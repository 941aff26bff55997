package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.export.proof.AnswerDifference;
import dev.anneal.engine.export.proof.Probe;
import dev.anneal.engine.export.proof.Tolerance;
import dev.anneal.engine.export.weight.ExportException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models that a training has destroyed: their hidden states are so large that the final norm makes nothing of them, and
 * every logit is 0.
 */
class DeadModelTest {

    /** B of what attention adds to the hidden states: their squares overflow fp32. */
    private static final float HUGE = 1e25f;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    // #17
    @ParameterizedTest
    @ValueSource(strings = {"base", "float32", "bfloat16"})
    void twoModelsThatSayNothingAreNoProofOfEachOther(String dtype) throws IOException {
        ExportFixture golden = ExportFixture.of("silu");
        Path file = ExportFixture.changed(folder, "silu", "o_proj.lora_B.weight", HUGE);
        ExportFixture dead = ExportFixture.of(golden.config(), file, 0);

        ExportException refused =
                catchThrowableOfType(ExportException.class, () -> dead.export("merged", dtype, folder.resolve("out")));

        assertThat(refused.code()).isEqualTo(ExportException.Code.MERGE_NOT_PROVABLE);
        assertThat(refused).hasMessageContaining("the same logit").hasMessageContaining("lower learning rate");
        assertThat(Files.exists(folder.resolve("out"))).isFalse();
    }

    /** Where the two differ by what either says, no first choice is clear, and neither proves the other. #17 */
    @Test
    void aModelThatSaysNothingHasNoClearFirstChoiceAndProvesNothing() throws IOException {
        ExportFixture golden = ExportFixture.of("silu");
        Path file = ExportFixture.changed(folder, "silu", "o_proj.lora_B.weight", HUGE);
        Path base = golden.base().directory();
        try (Probe.Side living = Probe.Side.of(base, base, TestDevice.NAME);
                Probe.Side dead = Probe.Side.of(base, file, golden.config(), TestDevice.NAME)) {
            Probe probe = new Probe(ExportFixture.PROBES, () -> {});

            for (AnswerDifference nothing :
                    List.of(probe.between(living, dead), probe.between(dead, living), probe.between(dead, dead))) {
                assertThat(nothing.topAgreement()).isNull();
                for (Tolerance tolerance : Tolerance.values()) {
                    assertThatThrownBy(() -> tolerance.require(nothing, Tolerance.Subject.MODEL))
                            .isInstanceOf(ExportException.class);
                }
            }
            assertThat(probe.between(dead, dead).meanSpan()).isZero();
            assertThat(probe.between(living, living).topAgreement()).isEqualTo(1);
        }
    }
}
