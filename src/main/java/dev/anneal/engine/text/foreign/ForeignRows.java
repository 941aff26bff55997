package dev.anneal.engine.text.foreign;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Rows in formats of other trainers.
 *
 * @param found description of the format
 * @param matches recognises a row by its keys
 * @param filter jq filter that converts the rows
 */
public record ForeignRows(String found, Predicate<Map<?, ?>> matches, String filter) {

    private static final List<ForeignRows> ALL = List.of(
            new ForeignRows(
                    "rows of the ShareGPT format (conversations of from and value)",
                    row -> isListWith(row.get("conversations"), "from", "value"),
                    ofShareGpt(".conversations")),
            new ForeignRows(
                    "rows with messages under the key 'conversations'",
                    row -> isListWith(row.get("conversations"), "role", "content"),
                    "{messages: .conversations}"),
            new ForeignRows(
                    "rows of the Alpaca format (instruction, input, output)",
                    row -> hasTexts(row, "instruction", "output"),
                    "{messages: [{role: \"user\", content: ([.instruction, .input] | map(select(. != null and . !="
                            + " \"\")) | join(\"\\n"
                            + "\\n"
                            + "\"))}, {role: \"assistant\", content: .output}]}"),
            new ForeignRows(
                    "rows with a chosen and a rejected text (prompt, chosen, rejected)",
                    row -> hasTexts(row, "prompt", "chosen", "rejected"),
                    "{input: {messages: [{role: \"user\", content: .prompt}]}, preferred_output: [{role:"
                            + " \"assistant\", content: .chosen}], non_preferred_output: [{role: \"assistant\","
                            + " content:"
                            + " .rejected}]}"),
            new ForeignRows(
                    "rows with a chosen and a rejected answer (prompt, chosen, rejected)",
                    row -> isListWith(row.get("prompt"), "role", "content")
                            && isListWith(row.get("chosen"), "role", "content")
                            && isListWith(row.get("rejected"), "role", "content"),
                    "{input: {messages: .prompt}, preferred_output: .chosen, non_preferred_output: .rejected}"),
            new ForeignRows(
                    "rows with a chosen and a rejected conversation (chosen, rejected)",
                    row -> isListWith(row.get("chosen"), "role", "content")
                            && isListWith(row.get("rejected"), "role", "content"),
                    "{input: {messages: .chosen[:-1]}, preferred_output: .chosen[-1:], non_preferred_output:"
                            + " .rejected[-1:]}"),
            new ForeignRows(
                    "rows of OpenAI's older format (prompt, completion)",
                    row -> hasTexts(row, "prompt", "completion"),
                    ofTexts("prompt", "completion")),
            new ForeignRows(
                    "rows with conversations in two parts (prompt, completion)",
                    row -> isListWith(row.get("prompt"), "role", "content")
                            && isListWith(row.get("completion"), "role", "content"),
                    "{messages: (.prompt + .completion)}"),
            new ForeignRows(
                    "rows of prompts with responses (prompt, response)",
                    row -> hasTexts(row, "prompt", "response"),
                    ofTexts("prompt", "response")),
            new ForeignRows(
                    "rows of questions with answers (question, answer)",
                    row -> hasTexts(row, "question", "answer"),
                    ofTexts("question", "answer")));

    public static Optional<ForeignRows> of(Map<?, ?> row) {
        return ALL.stream().filter(each -> each.matches.test(row)).findFirst();
    }

    /** A file with such a row on each line. */
    public ForeignFormat format() {
        return new ForeignFormat(found, "convert them with `jq -c '%s' data.jsonl > rows.jsonl`".formatted(filter));
    }

    /**
     * @param messages filter that selects a ShareGPT array of messages
     */
    public static String ofShareGpt(String messages) {
        return "{messages: [%s[] | {role: ({human: \"user\", gpt: \"assistant\"}[.from] // .from), content: .value}]}"
                .formatted(messages);
    }

    private static String ofTexts(String question, String answer) {
        return "{messages: [{role: \"user\", content: .%s}, {role: \"assistant\", content: .%s}]}"
                .formatted(question, answer);
    }

    private static boolean hasTexts(Map<?, ?> row, String... keys) {
        return Arrays.stream(keys).allMatch(key -> row.get(key) instanceof String);
    }

    private static boolean isListWith(@Nullable Object value, String... keys) {
        return value instanceof List<?> list
                && !list.isEmpty()
                && list.get(0) instanceof Map<?, ?> first
                && Arrays.stream(keys).allMatch(first::containsKey);
    }
}
