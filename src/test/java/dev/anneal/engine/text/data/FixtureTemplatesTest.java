package dev.anneal.engine.text.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.rows.Rows;
import dev.anneal.engine.text.tokens.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Over all chat templates among the fixtures: nothing but trained messages is trained, and their content whole; or the
 * row is refused. Words of each message are its own. {@code src/test/templates/run.sh} does the same over the templates
 * of public packages. #17
 */
class FixtureTemplatesTest {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Pattern SPECIAL =
            Pattern.compile("<\\|[a-z_]+\\|>|</?s>|\\[/?[A-Z_]+\\]|<(start|end)_of_turn>");
    /**
     * Of the template that writes every conversation otherwise than its beginnings, so that no answer is found in it.
     */
    private static final String CAPTURED = "{%- set names = {'user': 'Human', 'assistant': 'Helper'} %}";

    private static final String SYSTEM = "{'role': 'system', 'content': 'saffron thyme'}";
    private static final String TOOL =
            "{'role': 'tool', 'content': 'pepper', 'tool_call_id': 'call00001', 'name': 'harvest'}";
    private static final String CALL =
            "'tool_calls': [{'id': 'call00001', 'type': 'function', 'function': {'name': 'harvest', 'arguments': '{}'}}]";

    private static final List<String> ROWS = List.of(
            Rows.ofMessages(user("walnut"), assistant("birch alder", "")),
            Rows.ofMessages(
                    SYSTEM, user("walnut"), assistant("birch alder", ""), user("vetch"), assistant("cedar damson", "")),
            Rows.ofMessages(
                    user("walnut"),
                    assistant("birch alder", ""),
                    user("vetch"),
                    assistant("cedar damson", ", 'weight': 0")),
            Rows.ofMessages(
                    user("walnut"),
                    assistant("birch alder", ", 'weight': 0"),
                    user("vetch"),
                    assistant("cedar damson", "")),
            Rows.ofMessages(
                    user("walnut"),
                    assistant("birch alder", ", 'reasoning_content': 'linden'"),
                    user("vetch"),
                    assistant("cedar damson", ", 'reasoning_content': 'nettle'")),
            Rows.ofMessages(user("walnut"), assistant("birch alder", ", " + CALL), TOOL, assistant("cedar damson", "")),
            Rows.ofMessages(
                    user("walnut"),
                    assistant("birch alder", ", 'weight': 0, " + CALL),
                    TOOL,
                    assistant("cedar damson", "")));

    @TempDir
    Path folder;

    private static String user(String content) {
        return "{'role': 'user', 'content': '" + content + "'}";
    }

    private static String assistant(String content, String more) {
        return "{'role': 'assistant', 'content': '" + content + "'" + more + "}";
    }

    static Stream<String> templates() throws IOException {
        List<String> templates = new ArrayList<>();
        for (String directory : List.of("/golden/templates", "/golden/jinja")) {
            try (Stream<Path> files = Files.list(Golden.folder(directory))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".jinja"))
                        .sorted()
                        .toList()) {
                    templates.add(Files.readString(file));
                }
            }
        }
        Golden.resource("/chats/cases.json").forEach(chat -> {
            templates.add(chat.get("template").stringValue());
            templates.add(chat.get("marked_template").stringValue());
        });
        return templates.stream().distinct();
    }

    @ParameterizedTest
    @MethodSource("templates")
    void trainsTheTrainedMessagesAlone(String template) throws IOException {
        try (TemplatedModel model = model(template)) {
            for (String row : ROWS) {
                EncodedDataset<EncodedRow> dataset = model.encode(row);
                for (EncodedRow encoded : dataset.rows()) {
                    String trained = String.join("\n", model.trained(encoded));
                    check(JSON.readTree(row).get("messages"), trained, model.text(encoded));
                }
                boolean isPlain = row.equals(ROWS.get(0)) && !template.contains(CAPTURED);
                assertThat(dataset.report().firstProblems())
                        .noneMatch(problem -> isPlain && problem.reason() == RowFault.UNCLEAR_TEMPLATE);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("templates")
    void showsWhatIsTrained(String template) throws IOException {
        try (TemplatedModel model = model(template)) {
            for (String row : ROWS) {
                EncodedDataset<EncodedRow> dataset = model.encode(row);

                ShownRow shown = model.shown(row);

                assertThat(shown.texts())
                        .extracting(ShownRow.Text::trainedTokens)
                        .isEqualTo(dataset.rows().stream()
                                .map(EncodedRow::trainedTokens)
                                .toList());
                assertThat(Optional.ofNullable(shown.problem()))
                        .isEqualTo(dataset.report().firstProblems().stream().findFirst());
            }
        }
    }

    private TemplatedModel model(String template) throws IOException {
        Set<String> special = new LinkedHashSet<>(
                SPECIAL.matcher(template).results().map(MatchResult::group).toList());
        special.removeAll(List.of("<|im_start|>", "<|im_end|>", "<|endoftext|>"));
        return TemplatedModel.write(folder, template, special.toArray(String[]::new));
    }

    /** Content beside calls is what templates may leave out. */
    private static void check(JsonNode messages, String trained, String text) {
        for (JsonNode message : messages) {
            boolean isTrained = message.path("role").stringValue().equals("assistant")
                    && message.path("weight").asInt(1) == 1;
            String content = message.path("content").stringValue();
            if (isTrained && (text.contains(content) || !message.has("tool_calls"))) {
                assertThat(trained).contains(content);
            }
            if (!isTrained) {
                assertThat(trained).doesNotContain(content.split(" "));
                assertThat(trained)
                        .doesNotContain(message.path("reasoning_content").asString("no reasoning"));
            }
        }
    }
}
