package dev.anneal.engine.train.state;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Program;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

/** Three updates of matrices against {@code torch.optim.Muon}, which computes its products in bf16. */
class MuonTest {

    /** A matrix before and after three updates, row by row. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Case(long[] shape, float[] before, List<float[]> gradients, float[] after) {}

    /** The file of the reference. */
    record Cases(
            String origin,
            @JsonProperty("learning_rate") double learningRate,
            @JsonProperty("weight_decay") double weightDecay,
            List<Case> cases) {}

    static Cases cases() throws IOException {
        try (InputStream file = MuonTest.class.getResourceAsStream("/golden/muon/muon.json")) {
            return JsonMapper.shared().readValue(Objects.requireNonNull(file), Cases.class);
        }
    }

    static Stream<Case> each() throws IOException {
        return cases().cases().stream();
    }

    /**
     * Three updates move a weight by 0.03 on average; what bf16 makes of them in five iterations each depends on the
     * order of its sums.
     */
    private static final double DIFFERENCE = 2e-3;

    @ParameterizedTest
    @MethodSource("each")
    void updatesAreThoseOfTheReference(Case own) throws IOException {
        assertThat(difference(own, ElementType.BFLOAT16, 1)).isLessThan(DIFFERENCE);
    }

    @ParameterizedTest
    @MethodSource("each")
    void inFp32TheyAreNearlyTheSame(Case own) throws IOException {
        assertThat(difference(own, ElementType.FLOAT32, 1)).isLessThan(DIFFERENCE);
    }

    /** Each is orthogonalized by itself. */
    @ParameterizedTest
    @MethodSource("each")
    void stackedMatricesAreUpdatedLikeSingleOnes(Case own) throws IOException {
        assertThat(difference(own, ElementType.BFLOAT16, 2)).isLessThan(DIFFERENCE);
    }

    private static double difference(Case own, ElementType precision, int copies) throws IOException {
        long[] shape = {copies * own.shape()[0], own.shape()[1]};
        long[] matrices =
                LongStream.generate(() -> own.shape()[0]).limit(copies).toArray();
        Cases all = cases();
        try (TensorScope scope = TensorScope.open(TestDevice.NAME)) {
            Program program = Program.load(scope, "optimizer", "Optimizer", Map.of());
            Tensor weights = scope.floats(stacked(own.before(), 1, copies), shape);
            Tensor momentum = scope.zeros(ElementType.FLOAT32, shape);
            for (float[] gradient : own.gradients()) {
                Tensor doubled = scope.floats(stacked(gradient, 2, copies), shape);
                program.call(
                        scope,
                        "muon",
                        weights,
                        doubled,
                        momentum,
                        matrices,
                        0.5,
                        all.learningRate(),
                        all.weightDecay(),
                        precision.code());
            }
            return GoldenTensors.largestDifference(weights.toFloats(), stacked(own.after(), 1, copies));
        }
    }

    private static float[] stacked(float[] values, float factor, int copies) {
        float[] result = new float[copies * values.length];
        for (int i = 0; i < result.length; i++) {
            result[i] = factor * values[i % values.length];
        }
        return result;
    }
}
