package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.torch.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Programs are not shared by open caches, and not loaded again for each. */
class DecodingProgramsTest {

    @Test
    void theProgramOfAClosedCacheServesTheNextOne() throws IOException {
        Path folder = Path.of("src/test/resources/golden/models/llama-tied");
        try (DecoderModel model = DecoderModel.load(folder, ElementType.FLOAT32, "cpu");
                IncrementalDecoder decoder = new IncrementalDecoder(model)) {
            KeyValueCache first = decoder.newCache(decoder.scope(), 1, 8);
            KeyValueCache second = decoder.newCache(decoder.scope(), 1, 8);
            DecodingProgram kept = first.program();
            assertThat(second.program()).isNotSameAs(kept);

            first.close();
            first.close();

            try (KeyValueCache third = decoder.newCache(decoder.scope(), 2, 16);
                    KeyValueCache fourth = decoder.newCache(decoder.scope(), 2, 16)) {
                assertThat(third.program()).isSameAs(kept);
                assertThat(fourth.program()).isNotSameAs(kept).isNotSameAs(second.program());
            }
            second.close();
        }
    }
}
