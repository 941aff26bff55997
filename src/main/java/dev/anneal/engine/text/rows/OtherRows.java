package dev.anneal.engine.text.rows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Rows of formats that others train on, by their keys, and the jq filter that makes rows of ours of them. */
final class OtherRows {

    private static final List<OtherRows> ALL = List.of(
            new OtherRows(
                    "rows of the ShareGPT format (conversations of from and value)",
                    row -> isListOf(row.get("conversations"), "from", "value"),
                    ofShareGpt(".conversations")),
            new OtherRows(
                    "rows with messages under the key 'conversations'",
                    row -> isListOf(row.get("conversations"), "role", "content"),
                    "{messages: .conversations}"),
            new OtherRows(
                    "rows of the Alpaca format (instruction, input, output)",
                    row -> areTexts(row, "instruction", "output"),
                    "{messages: [{role: \"user\", content: ([.instruction, .input] | map(select(. != null and . != \"\")) | join(\"\\n\\n\"))}, {role: \"assistant\", content: .output}]}"),
            new OtherRows(
                    "rows with a chosen and a rejected text (prompt, chosen, rejected)",
                    row -> areTexts(row, "prompt", "chosen", "rejected"),
                    "{input: {messages: [{role: \"user\", content: .prompt}]}, preferred_output: [{role: \"assistant\", content: .chosen}], non_preferred_output: [{role: \"assistant\", content: .rejected}]}"),
            new OtherRows(
                    "rows with a chosen and a rejected answer (prompt, chosen, rejected)",
                    row -> isListOf(row.get("prompt"), "role", "content")
                            && isListOf(row.get("chosen"), "role", "content")
                            && isListOf(row.get("rejected"), "role", "content"),
                    "{input: {messages: .prompt}, preferred_output: .chosen, non_preferred_output: .rejected}"),
            new OtherRows(
                    "rows with a chosen and a rejected conversation (chosen, rejected)",
                    row -> isListOf(row.get("chosen"), "role", "content")
                            && isListOf(row.get("rejected"), "role", "content"),
                    "{input: {messages: .chosen[:-1]}, preferred_output: .chosen[-1:], non_preferred_output: .rejected[-1:]}"),
            new OtherRows(
                    "rows of OpenAI's older format (prompt, completion)",
                    row -> areTexts(row, "prompt", "completion"),
                    ofTexts("prompt", "completion")),
            new OtherRows(
                    "rows with conversations in two parts (prompt, completion)",
                    row -> isListOf(row.get("prompt"), "role", "content")
                            && isListOf(row.get("completion"), "role", "content"),
                    "{messages: (.prompt + .completion)}"),
            new OtherRows(
                    "rows of prompts with responses (prompt, response)",
                    row -> areTexts(row, "prompt", "response"),
                    ofTexts("prompt", "response")),
            new OtherRows(
                    "rows of questions with answers (question, answer)",
                    row -> areTexts(row, "question", "answer"),
                    ofTexts("question", "answer")));

    private final String found;
    private final Predicate<Map<?, ?>> isSuch;
    private final String filter;

    private OtherRows(String found, Predicate<Map<?, ?>> isSuch, String filter) {
        this.found = found;
        this.isSuch = isSuch;
        this.filter = filter;
    }

    static Optional<OtherRows> of(Map<?, ?> row) {
        return ALL.stream().filter(each -> each.isSuch.test(row)).findFirst();
    }

    /** A file of such rows, one a line. */
    OtherFormat format() {
        return new OtherFormat(found, "convert them with `jq -c '%s' data.jsonl > rows.jsonl`".formatted(filter));
    }

    String found() {
        return found;
    }

    String filter() {
        return filter;
    }

    /** @param messages filter that leads to an array of messages of ShareGPT */
    static String ofShareGpt(String messages) {
        return "{messages: [%s[] | {role: ({human: \"user\", gpt: \"assistant\"}[.from] // .from), content: .value}]}"
                .formatted(messages);
    }

    private static String ofTexts(String question, String answer) {
        return "{messages: [{role: \"user\", content: .%s}, {role: \"assistant\", content: .%s}]}"
                .formatted(question, answer);
    }

    private static boolean areTexts(Map<?, ?> row, String... keys) {
        return Arrays.stream(keys).allMatch(key -> row.get(key) instanceof String);
    }

    private static boolean isListOf(@Nullable Object value, String... keys) {
        return value instanceof List<?> list
                && !list.isEmpty()
                && list.get(0) instanceof Map<?, ?> first
                && Arrays.stream(keys).allMatch(first::containsKey);
    }
}
