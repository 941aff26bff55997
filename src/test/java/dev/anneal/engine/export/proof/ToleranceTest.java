package dev.anneal.engine.export.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.export.weight.ExportException;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The limits of a merge: logits in fp32, predictions where weights are rounded, and never a NaN. */
class ToleranceTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void exactWeightsAreHeldToTheirLogits() {
        assertThat(Tolerance.EXACT.holds(difference(5e-4, 0, 0.0, 1))).isTrue();
        assertThat(Tolerance.EXACT.holds(difference(5.1e-4, 0, 1.0, 0))).isFalse();
    }

    /** Measured of a correct merge of an EAGLE-1 head. */
    @Test
    void exactWeightsMayDifferByAShareOfLargeLogits() {
        assertThat(Tolerance.EXACT.holds(new AnswerDifference(484, 1.22e-3, 2.6e-5, 1.0, 0, 143, 2.7e-6)))
                .isTrue();
        assertThat(Tolerance.EXACT.holds(new AnswerDifference(484, 1.22e-3, 2.6e-5, 1.0, 0, 143, 1.8e-5)))
                .isFalse();
    }

    @Test
    void tablesOfTokensAreNotRounded() throws IOException {
        List<TensorData> tensors = new ArrayList<>();
        tensors.add(TensorsInMemory.ofFloats("fc.weight", List.of(1L), new float[1]));
        tensors.add(TensorData.of("d2t", Dtype.I64, List.of(1L), ByteBuffer.allocate(8)));
        tensors.add(TensorData.of("t2d", Dtype.BOOL, List.of(1L), ByteBuffer.allocate(1)));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        assertThat(Tolerance.of(folder)).isEqualTo(Tolerance.EXACT);

        tensors.add(TensorData.of("norm.weight", Dtype.BF16, List.of(1L), ByteBuffer.allocate(2)));
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        assertThat(Tolerance.of(folder)).isEqualTo(Tolerance.ROUNDED);
    }

    @Test
    void roundedWeightsAreHeldToTheirPredictions() {
        assertThat(Tolerance.ROUNDED.holds(difference(5, 1, 0.99, 1e-2))).isTrue();
        assertThat(Tolerance.ROUNDED.holds(difference(0, 0, 0.98, 0))).isFalse();
        assertThat(Tolerance.ROUNDED.holds(difference(0, 0, 1.0, 1.1e-2))).isFalse();
    }

    @Test
    void answersThatAreNoNumbersAreRefused() {
        AnswerDifference nothing = difference(Double.NaN, Double.NaN, 1.0, Double.NaN);

        assertThat(Tolerance.EXACT.holds(nothing)).isFalse();
        assertThatThrownBy(() -> Tolerance.ROUNDED.require(nothing, Tolerance.Subject.MODEL))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_NOT_EQUIVALENT))
                .hasMessageContaining("with dtype float32 nothing is rounded");
    }

    // #17
    @ParameterizedTest
    @CsvSource({
        "EXACT, 0, 0, 0, every token the same logit",
        "ROUNDED, 0, 0, 0, every token the same logit",
        "ROUNDED, 0, NaN, 0, every token the same logit",
        "ROUNDED, 93284, 100000, 0.93284, a logit of the merged model is off by 0.93284 of what",
        "EXACT, 4e-4, 7e-4, 0.6, a logit of the merged model is off by 0.6 of what"
    })
    void answersThatSayNothingProveNothing(Tolerance tolerance, double error, double span, double share, String why) {
        assertThatThrownBy(() -> tolerance.require(
                        new AnswerDifference(9, error, error, 1.0, 0, span, share), Tolerance.Subject.MODEL))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_NOT_PROVABLE))
                .hasMessageContaining(why);
    }

    @Test
    void aRightMergeOfWeightsRoundedTo16BitsIsProved() {
        assertThatCode(() -> Tolerance.ROUNDED.require(
                        new AnswerDifference(854, 2.323, 0.1, 1.0, 2.24e-3, 30, 0.08), Tolerance.Subject.MODEL))
                .doesNotThrowAnyException();
    }

    /** One position whose logits are large errs by much, and by little of what they span. #17 */
    @Test
    void anErrorIsHeldAgainstTheSpanOfItsOwnPosition() {
        assertThatCode(() -> Tolerance.ROUNDED.require(
                        new AnswerDifference(854, 20, 0.1, 1.0, 2.24e-3, 30, 0.07), Tolerance.Subject.MODEL))
                .doesNotThrowAnyException();
    }

    /**
     * A model whose first choice nowhere leads by more than rounding moves logits is judged by its probabilities. #17
     */
    @Test
    void aModelWithoutAClearFirstChoiceIsHeldToItsDivergence() {
        assertThatCode(() -> Tolerance.ROUNDED.require(difference(2.3, 0.1, null, 2.2e-3), Tolerance.Subject.MODEL))
                .doesNotThrowAnyException();
        assertThatThrownBy(() -> Tolerance.ROUNDED.require(difference(2.3, 0.1, null, 1.1e-2), Tolerance.Subject.MODEL))
                .isInstanceOfSatisfying(
                        ExportException.class,
                        e -> assertThat(e.code()).isEqualTo(ExportException.Code.MERGE_NOT_EQUIVALENT));
    }

    private static AnswerDifference difference(
            double maxLogit, double meanLogit, @Nullable Double topAgreement, double meanDivergence) {
        return new AnswerDifference(1, maxLogit, meanLogit, topAgreement, meanDivergence, 30, 0.1);
    }
}
