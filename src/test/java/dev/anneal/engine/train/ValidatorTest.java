package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.DeviceLimits;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.passes.ActivationCheckpointing;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.passes.MicroBatch;
import dev.anneal.engine.train.passes.Passes;
import dev.anneal.engine.train.passes.Sharing;
import dev.anneal.engine.train.passes.StopSignal;
import dev.anneal.engine.train.state.AdapterTraining;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A validation shows that it is at work, and one that is given up reports nothing. */
class ValidatorTest {

    private final List<Progress> events = new CopyOnWriteArrayList<>();

    @Test
    void aValidationSaysHowFarItIs() throws IOException {
        assertThat(validate(Duration.ZERO, () -> false)).isTrue();

        assertThat(events.subList(0, 4))
                .containsExactly(
                        new Progress.Validating(7, 0, 3),
                        new Progress.Validating(7, 1, 3),
                        new Progress.Validating(7, 2, 3),
                        new Progress.Validating(7, 3, 3));
        assertThat(events.get(4)).isInstanceOf(Progress.Validation.class);
    }

    @Test
    void aShortValidationSaysOnlyThatItBegins() throws IOException {
        assertThat(validate(Duration.ofHours(1), () -> false)).isTrue();

        assertThat(events).hasSize(2).first().isEqualTo(new Progress.Validating(7, 0, 3));
    }

    @Test
    void aStopIsSeenWithinTheValidation() throws IOException {
        assertThat(validate(Duration.ZERO, () -> events.size() > 1)).isFalse();

        assertThat(events).containsExactly(new Progress.Validating(7, 0, 3), new Progress.Validating(7, 1, 3));
    }

    private boolean validate(Duration signOfLife, BooleanSupplier stop) throws IOException {
        List<MicroBatch> batches = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            batches.addAll(
                    MicroBatch.split(GoldenBatches.inOrder().subList(i, i + 1), 1, Sharing.NONE, DeviceLimits.CPU));
        }
        try (DecoderModel model = DecoderModel.load(
                        GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = Adapter.create(
                        model.scope(),
                        model.precision(),
                        model.config(),
                        GoldenRun.of("silu").config(),
                        7);
                Optimizer optimizer = new Optimizer(model.scope(), new AdapterTraining(adapter), 1);
                GradientSum<Gradients> sum =
                        new GradientSum<>(model.scope(), new AdapterTraining(adapter), optimizer, 1, Ranks.alone())) {
            Passes passes = new Passes(model, sum, new ActivationCheckpointing("off"), new StopSignal(stop, () -> {}));
            return new Validator(batches, passes, events::add, signOfLife)
                    .validate(7, adapter.apply(0.5, AdapterDropout.NONE));
        }
    }
}
