package dev.anneal.engine.train.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.train.state.Trainable.StepGradients;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The optimizer against the closed form of its first step. */
class OptimizerTest {

    private DecoderModel model;
    private TensorScope scope;
    private Adapter adapter;
    private Optimizer optimizer;

    @BeforeEach
    void create() throws IOException {
        GoldenRun run = GoldenRun.of("relu");
        model = DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
        scope = model.scope().child();
        adapter = Adapter.load(model, run.config(), run.path("initial"));
        optimizer = new Optimizer(scope, new AdapterTraining(adapter), 1);
    }

    @AfterEach
    void close() {
        optimizer.close();
        adapter.close();
        model.close();
    }

    @Test
    void theFirstStepIsTheClosedForm() {
        float[] before = adapter.a().toFloats();
        StepGradients<?> gradients = constant(0.5f);

        optimizer.step(gradients, 0.1, new Optimizer.Rates(1e-2, 1e-2, 0.1), 1);

        // g = 0.05, m^ = g, v^ = g^2: p (1 - lr wd) - lr g / (g + eps)
        float[] after = adapter.a().toFloats();
        for (int i = 0; i < after.length; i++) {
            double expected = before[i] * (1 - 1e-3) - 1e-2 * 0.05 / (0.05 + 1e-8);
            assertThat((double) after[i]).isCloseTo(expected, within(1e-7));
        }
    }

    @Test
    void bHasARateOfItsOwn() {
        float[] a = adapter.a().toFloats();
        float[] b = adapter.b().toFloats();

        optimizer.step(constant(1), 1, new Optimizer.Rates(0, 1e-2, 0), 1);

        assertThat(adapter.a().toFloats()).isEqualTo(a);
        assertThat(adapter.b().toFloats()[0]).isCloseTo(b[0] - 1e-2f, within(1e-7f));
    }

    @Test
    void stepZeroIsRefusedBecauseItsBiasCorrectionDividesByZero() {
        assertThatThrownBy(() -> optimizer.step(constant(1), 1, new Optimizer.Rates(1e-2, 1e-2, 0), 0))
                .isInstanceOf(TorchException.class)
                .hasMessageContaining("AdamW counts steps from 1");
    }

    @Test
    void theNormIsThatOfAllGradientsTogether() {
        StepGradients<?> gradients = constant(0.5f);
        double elements = (double) (adapter.a().elements() + adapter.b().elements());

        assertThat(optimizer.norm(gradients)).isCloseTo(0.5 * Math.sqrt(elements), within(1e-9));
    }

    private StepGradients<?> constant(float value) {
        StepGradients<?> gradients = new AdapterTraining(adapter).newGradients(scope);
        gradients.ofParameters().forEach(gradient -> fill(gradient, value));
        return gradients;
    }

    private static void fill(Tensor tensor, float value) {
        ByteBuffer values =
                ByteBuffer.allocate((int) tensor.elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putFloat(value);
        }
        tensor.overwrite(0, values.flip());
    }
}
