package dev.anneal.engine.train.passes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterGradients;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.lora.NamedMatrices;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.state.Trainable.StepGradients;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** An adapter and its gradients, held against those of one of the reference's runs. */
public final class GoldenAdapter {

    private GoldenAdapter() {}

    /** @param count what the gradients' sums are divided by */
    public static void requireGradients(
            TensorScope scope, Adapter adapter, StepGradients<?> gradients, GoldenRun run, long count) {
        List<Tensor> flat = gradients.ofParameters();
        Map<String, float[]> sums =
                NamedMatrices.of(scope, adapter, new AdapterGradients(flat.get(0), flat.get(1), List.of()));
        sums.values().forEach(values -> {
            for (int i = 0; i < values.length; i++) {
                values[i] /= count;
            }
        });
        requireClose(sums, GoldenTensors.all(run.file("grads_step0")), 2e-6);
    }

    public static void requireTrained(TensorScope scope, Adapter adapter, GoldenRun run) {
        requireClose(NamedMatrices.of(scope, adapter), GoldenTensors.all(run.file("final")), 5e-5);
    }

    private static void requireClose(Map<String, float[]> actual, Map<String, float[]> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, values) -> assertThat(
                        GoldenTensors.largestDifference(Objects.requireNonNull(actual.get(name)), values))
                .as(name)
                .isLessThan(TestDevice.tolerance(tolerance)));
    }
}
