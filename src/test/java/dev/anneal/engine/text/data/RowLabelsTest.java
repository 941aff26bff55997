package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.tokens.EncodedText;
import dev.anneal.engine.text.tokens.Golden;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Spans are UTF-16 units of the marked text, whatever the tokenizer makes of it. */
class RowLabelsTest {

    @Test
    void tokensThatShareACharacterWithASpanAreTrained() {
        String text = "\ud83d\ude00<|im_end|>x<\uFDD0|im_end|>";
        EncodedText encoded;
        try (ModelTokenizer tokenizer = ModelTokenizer.open(Golden.folder("/golden/tokenizer"))) {
            encoded = tokenizer.encodeMarked(text, '\uFDD0');
        }
        assertThat(RowEncoder.labels(encoded, List.of(new Span(2, 13)), encoded.length()))
                .startsWith(-100, -100, -100, -100, 2, 90, -100);
        assertThat(RowEncoder.labels(encoded, List.of(new Span(0, 2)), encoded.length()))
                .as("token 0 is never trained, the other bytes of its character are")
                .startsWith(-100, encoded.ids()[1], encoded.ids()[2], encoded.ids()[3], -100);
    }
}
