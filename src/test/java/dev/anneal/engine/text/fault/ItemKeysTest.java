package dev.anneal.engine.text.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.rows.DatasetValidator;
import dev.anneal.engine.text.rows.Rows;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** A report of prompts says what graders find in them, in bounded space. */
class ItemKeysTest {

    @Test
    void keysAreCountedDownToTheirValues() {
        ItemKeys keys = keys("'answer': {'text': 'x', 'alternatives': ['y']}", "'answer': {'text': null}, 'level': 3");

        assertThat(keys.rows()).isEqualTo(2);
        assertThat(keys.find(List.of("answer", "text")).rows()).isEqualTo(2);
        assertThat(keys.find(List.of("answer", "alternatives", 0)).rows()).isEqualTo(1);
        assertThat(keys.find(List.of("level"))).isEqualTo(new ItemKeys.Found(true, 1, "", List.of()));
    }

    @Test
    void whatNoRowHasIsNamedBesideWhatTheyHave() {
        ItemKeys keys = keys("'answer': {'text': 'x'}, 'level': 3", "'answer': ['y']");

        ItemKeys.Found misspelt = keys.find(List.of("anwser"));
        assertThat(misspelt).isEqualTo(new ItemKeys.Found(false, 0, "anwser", List.of("answer", "level", "messages")));
        assertThat(misspelt.nearest()).isEqualTo("answer");
        assertThat(keys.find(List.of("solution")).nearest()).isEmpty();
        assertThat(keys.find(List.of("answer", "txt")))
                .isEqualTo(new ItemKeys.Found(false, 0, "txt", List.of("[0]", "text")));
        assertThat(keys.find(List.of("answer", 1)).missing()).isEqualTo("[1]");
        assertThat(keys.find(List.of("level", "text")).present()).isEmpty();
    }

    @Test
    void conversationsAndDictionariesAreNotLookedInto() {
        String dictionary =
                IntStream.range(0, 100).mapToObj("'user-%d': 1"::formatted).collect(Collectors.joining(", ", "{", "}"));
        ItemKeys keys = keys("'by_user': " + dictionary + ", 'list': [1,2,3,4,5,6,7,8,9], '\\u0000': 1, 'answer': 1");

        assertThat(keys.keys()).as("a key that no database can hold").isNull();
        assertThat(keys.find(List.of("anwser")).exists()).isTrue();
        ItemKeys others = keys("'by_user': " + dictionary + ", 'list': [1,2,3,4,5,6,7,8,9], 'answer': 1");
        assertThat(others.find(List.of("by_user", "user-1000")).exists()).isTrue();
        assertThat(others.find(List.of("list", 20)).exists()).isTrue();
        assertThat(others.find(List.of("messages", 0, "content")).exists()).isTrue();
        assertThat(others.find(List.of("anwser")).exists()).isFalse();
    }

    @Test
    void reportsHoldThemAsJson() {
        ItemKeys keys = keys("'answer': {'text': 'x'}", "'level': 3");
        JsonMapper json = JsonMapper.shared();

        String written = json.writeValueAsString(keys);

        assertThat(written)
                .isEqualTo(
                        "{\"rows\":2,\"keys\":{\"answer\":{\"rows\":1,\"keys\":{\"text\":{\"rows\":1,\"keys\":{}}}},\"level\":{\"rows\":1,\"keys\":{}},\"messages\":{\"rows\":2,\"keys\":null}}}");
        assertThat(json.readValue(written, ItemKeys.class)).isEqualTo(keys);
    }

    /** @param items what rows hold beside their question, with apostrophes for quotes */
    private static ItemKeys keys(String... items) {
        StringBuilder lines = new StringBuilder();
        for (String item : items) {
            lines.append("{\"messages\": [{\"role\": \"user\", \"content\": \"?\"}], ")
                    .append(item.replace('\'', '"'))
                    .append("}\n");
        }
        try {
            return Objects.requireNonNull(
                    DatasetValidator.validate(new ByteArrayInputStream(Rows.utf8(lines.toString())))
                            .itemKeys());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
