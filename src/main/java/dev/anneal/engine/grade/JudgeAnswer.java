package dev.anneal.engine.grade;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Parses answers of judging models. Their format is not enforced, so three forms are accepted: JSON with the key
 * {@code result} as in OpenAI's API, also in a Markdown fence; the bare value; or a text with exactly one value.
 * Ambiguous answers are not accepted.
 */
final class JudgeAnswer {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final String FENCE = "```";
    private static final String RESULT = "result";

    /** A number that is not part of a word or a longer number. */
    private static final Pattern NUMBER = Pattern.compile(
            "(?<![\\p{L}\\p{N}_.,-])[+-]?(?:[0-9]+(?:\\.[0-9]+)?|\\.[0-9]+)(?![\\p{L}\\p{N}_%]|[.,][0-9])");

    private JudgeAnswer() {}

    /** A finite score; empty if the answer has no number or several. */
    static OptionalDouble score(String answer) {
        Object result = result(answer);
        if (result instanceof Number number) {
            return finite(number.doubleValue());
        }
        Matcher numbers = NUMBER.matcher(result instanceof String text ? text : unfenced(answer));
        if (!numbers.find()) {
            return OptionalDouble.empty();
        }
        double number = Double.parseDouble(numbers.group());
        return numbers.find() ? OptionalDouble.empty() : finite(number);
    }

    private static OptionalDouble finite(double number) {
        return Double.isFinite(number) ? OptionalDouble.of(number) : OptionalDouble.empty();
    }

    /** One of the labels; empty if the answer has none of them or several. */
    static Optional<String> label(String answer, List<String> labels) {
        Object result = result(answer);
        String text = (result instanceof String given ? given : unfenced(answer)).strip();
        if (labels.contains(text)) {
            return Optional.of(text);
        }
        List<String> found = labels.stream().filter(label -> holds(text, label)).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }

    /** Whether the text contains the label as a separate word, ignoring case. */
    private static boolean holds(String text, String label) {
        return Pattern.compile(
                        "(?<![\\p{L}\\p{N}_])" + Pattern.quote(label) + "(?![\\p{L}\\p{N}_])",
                        Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE)
                .matcher(text)
                .find();
    }

    /**
     * The value of {@code result}, or the answer itself if it is a JSON value; null if it is not JSON or has no result.
     */
    private static @Nullable Object result(String answer) {
        try {
            Object value = JSON.readValue(unfenced(answer), Object.class);
            return value instanceof Map<?, ?> map ? map.get(RESULT) : value;
        } catch (JacksonException e) {
            return null;
        }
    }

    /**
     * The text within the fence, without the name of a language; the answer itself if it is not fenced. Linear time.
     */
    private static String unfenced(String answer) {
        String text = answer.strip();
        int end = text.length() - FENCE.length();
        if (end < FENCE.length() || !text.startsWith(FENCE) || !text.endsWith(FENCE)) {
            return text;
        }
        int begin = FENCE.length();
        while (begin < end && text.charAt(begin) >= 'a' && text.charAt(begin) <= 'z') {
            begin++;
        }
        return text.substring(begin, end).strip();
    }
}
