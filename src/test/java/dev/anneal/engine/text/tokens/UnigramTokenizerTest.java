package dev.anneal.engine.text.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import tools.jackson.databind.JsonNode;

/** SentencePiece-style tokenizers keep special tokens in their vocabulary, where plain text could reach them. */
class UnigramTokenizerTest {

    private static final ModelTokenizer TOKENIZER = ModelTokenizer.open(Golden.folder("/unigram"));

    static final List<JsonNode> CASES =
            Golden.resource("/unigram/cases.json").valueStream().toList();

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void idsAreThoseOfTheLibrary(JsonNode testCase) {
        int[] ids = Golden.ints(testCase.get("ids"));
        assertThat(TOKENIZER.encode(testCase.get("text").stringValue())).isEqualTo(ids);
        assertThat(TOKENIZER.decode(ids, true))
                .isEqualTo(testCase.get("decoded").stringValue());
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void textNeverBecomesASpecialToken(JsonNode testCase) {
        String text = testCase.get("text").stringValue();
        int[] ids = UserText.encode(TOKENIZER, text);
        assertThat(ids).doesNotContain(1, 2);
        assertThat(TOKENIZER.decode(ids, true)).isEqualTo(text);
        if (Arrays.stream(Golden.ints(testCase.get("ids_as_text"))).noneMatch(id -> id == 1 || id == 2)) {
            assertThat(ids).isEqualTo(Golden.ints(testCase.get("ids_as_text")));
        }
    }

    @Test
    void specialTokensOfTheConfigurationAloneAreTakenFromTheVocabulary() {
        assertThat(TOKENIZER.encode("<unk>")).contains(0).hasSizeLessThanOrEqualTo(2);
        assertThat(UserText.encode(TOKENIZER, "<unk>")).doesNotContain(0);
    }
}
