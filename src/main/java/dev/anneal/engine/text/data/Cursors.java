package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.template.PythonSpace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Invisible signs around the texts of messages, so that a rendering shows their positions. A cursor is a character that
 * the row does not use, followed by a number written in two such characters: the message, the kind of text, and whether
 * it begins or ends there.
 *
 * @param mark character that breaks special tokens in texts; it never begins a text
 * @param sign first character of every cursor
 */
record Cursors(char mark, char sign) {

    /** Enough for {@code DatasetLimits.MESSAGES}, a kind and a flag. */
    private static final int BITS = 13;

    private static final int END = 1;

    /** Part of a message that a text belongs to. */
    enum MessagePart {
        CONTENT(0),
        REASONING(1),
        CALL(2);

        private final int number;

        MessagePart(int number) {
            this.number = number;
        }

        private static MessagePart of(int number) {
            return number == CONTENT.number ? CONTENT : number == REASONING.number ? REASONING : CALL;
        }
    }

    /**
     * A cursor in a rendering.
     *
     * @param at its position in the text without cursors
     */
    record Cursor(int at, int message, MessagePart kind, boolean isEnd) {}

    /** A rendering with its cursors extracted. */
    record Reading(String text, List<Cursor> cursors) {}

    /**
     * The message with cursors around its content, its reasoning and the texts of its calls: inside white space at
     * their ends, which templates may strip. Names of functions get none, because they also appear in the headers of
     * their results.
     */
    Map<String, @Nullable Object> around(int message, Map<String, @Nullable Object> form) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(form);
        copy.computeIfPresent("content", (key, value) -> around(message, MessagePart.CONTENT, value));
        ChatMessage.REASONING_KEYS.forEach(
                key -> copy.computeIfPresent(key, (name, value) -> around(message, MessagePart.REASONING, value)));
        if (form.get("tool_calls") instanceof List<?> calls) {
            copy.put(
                    "tool_calls",
                    calls.stream().map(call -> call(message, call)).toList());
        }
        return copy;
    }

    private Object call(int message, Object call) {
        if (!(call instanceof Map<?, ?> map) || !(map.get("function") instanceof Map<?, ?> function)) {
            return call;
        }
        Map<Object, @Nullable Object> copy = new LinkedHashMap<>(map);
        Map<Object, @Nullable Object> called = new LinkedHashMap<>(function);
        called.computeIfPresent("arguments", (key, value) -> around(message, MessagePart.CALL, value));
        copy.put("function", called);
        return copy;
    }

    private Object around(int message, MessagePart kind, Object value) {
        return Conversation.withTexts(value, UnaryOperator.identity(), text -> around(message, kind, text));
    }

    private String around(int message, MessagePart kind, String text) {
        if (PythonSpace.isBlank(text)) {
            return text;
        }
        int start = PythonSpace.start(text);
        int end = PythonSpace.end(text, start, text.length());
        StringBuilder out = new StringBuilder(text.length() + 2 * (BITS + 1)).append(text, 0, start);
        int number = message << 3 | kind.number << 1;
        write(out, number);
        out.append(text, start, end);
        write(out, number | END);
        return out.append(text, end, text.length()).toString();
    }

    private void write(StringBuilder out, int number) {
        out.append(sign);
        for (int bit = BITS - 1; bit >= 0; bit--) {
            out.append((number >> bit & 1) == 1 ? sign : mark);
        }
    }

    /** Extracts the cursors from a rendering; null if the template has split one. */
    @Nullable
    Reading read(String rendered) {
        StringBuilder text = new StringBuilder(rendered.length());
        List<Cursor> cursors = new ArrayList<>();
        int from = 0;
        for (int at = rendered.indexOf(sign); at >= 0; at = rendered.indexOf(sign, from)) {
            text.append(rendered, from, at);
            from = at + 1 + BITS;
            int number = number(rendered, at + 1);
            if (number < 0) {
                return null;
            }
            cursors.add(new Cursor(text.length(), number >> 3, MessagePart.of(number >> 1 & 3), (number & END) != 0));
        }
        return new Reading(text.append(rendered, from, rendered.length()).toString(), cursors);
    }

    /** The number at this position, or -1 if there is none. */
    private int number(String rendered, int start) {
        if (start + BITS > rendered.length()) {
            return -1;
        }
        int number = 0;
        for (int i = start; i < start + BITS; i++) {
            char c = rendered.charAt(i);
            if (c != sign && c != mark) {
                return -1;
            }
            number = number << 1 | (c == sign ? 1 : 0);
        }
        return number;
    }
}
