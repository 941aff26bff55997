package dev.anneal.engine.text.rows;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of datasets for tests. */
public final class Rows {

    private Rows() {}

    /** A usable row with a text of its own. */
    public static String good(int number) {
        return """
                {"messages": [{"role": "user", "content": "question %d"}, {"role": "assistant", "content": "answer %d"}]}""".formatted(number, number);
    }

    /** As many usable rows, one a line. */
    public static String goodLines(int count) {
        return IntStream.range(0, count).mapToObj(Rows::good).collect(Collectors.joining("\n", "", "\n"));
    }

    /** A pair of answers to one question. */
    public static String pair(String preferred, String rejected) {
        return """
                {"input": {"messages": [{"role": "user", "content": "question"}]}, "preferred_output": [{"role": "assistant", "content": "%s"}], "non_preferred_output": [{"role": "assistant", "content": "%s"}]}""".formatted(preferred, rejected);
    }

    /** A question that waits for its answer, which a grader finds in the row. */
    public static String prompt(String question) {
        return """
                {"messages": [{"role": "user", "content": "%s"}], "answer": "a"}""".formatted(question);
    }

    /** A row of the given messages, written with single instead of double quotes. */
    public static String ofMessages(String... messages) {
        return "{\"messages\": [" + String.join(", ", messages).replace('\'', '"') + "]}";
    }

    /** Many messages, users and assistants in turn. */
    public static String ofManyMessages(int count) {
        return "{\"messages\": ["
                + String.join(
                        ", ",
                        Collections.nCopies(
                                count / 2,
                                "{\"role\": \"user\", \"content\": \"q\"}, {\"role\": \"assistant\", \"content\": \"a\"}"))
                + "]}";
    }

    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
