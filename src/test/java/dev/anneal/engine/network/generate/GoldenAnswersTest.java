package dev.anneal.engine.network.generate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every family's greedy answers are those of the golden file, of the base model and with an adapter at every beta. */
class GoldenAnswersTest {

    @ParameterizedTest
    @ValueSource(strings = {"llama-tied", "llama-untied-gqa", "llama3-rope", "mistral", "qwen2", "qwen3"})
    void answersAreThoseOfTheGoldenFile(String name) throws IOException {
        GoldenAnswers golden = GoldenAnswers.of(name);
        try (DecoderModel model = DecoderModel.load(golden.model(), ElementType.FLOAT32, TestDevice.NAME);
                Adapter adapter = Adapter.load(model, golden.adapterConfig(), golden.adapter())) {
            assertThat(golden.answers(model, model.noAdapter())).isEqualTo(golden.expected("base"));
            for (String beta : List.of("1", "0.5", "0")) {
                assertThat(golden.answers(model, adapter.apply(Double.parseDouble(beta), AdapterDropout.NONE)))
                        .as("beta %s", beta)
                        .isEqualTo(golden.expected("beta_" + beta));
            }
        }
    }
}
