package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A row in the form for chat templates. Special tokens spelled in its texts are broken by a mark, a character that the
 * row does not use otherwise, so that in a rendering only the template's own special tokens are intact.
 *
 * @param variables variables of the template besides the messages: named tokens, and {@code tools} if the row has some
 * @param messages messages in the template's form
 * @param cursors signs around texts, which no text of the row contains
 */
record Conversation(
        ChatTemplate template,
        Map<String, Object> variables,
        List<Map<String, @Nullable Object>> messages,
        Cursors cursors) {

    /**
     * Unicode's noncharacters U+FDD0 to U+FDEF: valid in strings, without meaning, and unchanged by templates' text
     * functions.
     */
    private static final char FIRST_MARK = '\uFDD0';

    private static final int MARKS = 32;

    static Conversation of(Place place, ChatRow row, ChatTemplate template, ModelTokenizer tokenizer)
            throws RowRejectedException {
        List<Map<String, @Nullable Object>> messages =
                row.messages().stream().map(Conversation::templateForm).toList();
        int used = marksIn(messages) | marksIn(row.tools());
        int free = Integer.numberOfTrailingZeros(~used);
        int next = Integer.numberOfTrailingZeros(~(used | (1 << free)));
        if (free >= MARKS || next >= MARKS) {
            String expected = "text that leaves two of the characters U+FDD0 to U+FDEF unused";
            throw place.reject(
                    RowFault.INVALID_CONTENT, expected, "all of them", "they are no characters; remove them");
        }
        char mark = (char) (FIRST_MARK + free);
        UnaryOperator<String> broken = text -> tokenizer.controlTokens().broken(text, mark);
        Map<String, Object> variables = new LinkedHashMap<>(tokenizer.namedTokens());
        if (!row.tools().isEmpty()) {
            variables.put("tools", withTexts(row.tools(), broken, broken));
        }
        Cursors cursors = new Cursors(mark, (char) (FIRST_MARK + next));
        return new Conversation(template, variables, withTexts(messages, broken, broken), cursors);
    }

    private static Map<String, @Nullable Object> templateForm(ChatMessage message) {
        Map<String, @Nullable Object> form = new LinkedHashMap<>();
        form.put("role", message.role().templateName());
        if (message.content() != null) {
            form.put("content", message.content());
        }
        form.putAll(message.otherKeys());
        return form;
    }

    private static int marksIn(@Nullable Object value) {
        int used = 0;
        if (value instanceof String text) {
            for (int i = 0; i < text.length(); i++) {
                int mark = text.charAt(i) - FIRST_MARK;
                used |= mark >= 0 && mark < MARKS ? 1 << mark : 0;
            }
        } else if (value instanceof List<?> list) {
            for (Object item : list) {
                used |= marksIn(item);
            }
        } else if (value instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                used |= marksIn(entry.getKey()) | marksIn(entry.getValue());
            }
        }
        return used;
    }

    /** A copy of a JSON value with other keys and texts. */
    @SuppressWarnings("unchecked") // a copy has the form of its original
    static <T> T withTexts(T value, UnaryOperator<String> ofKeys, UnaryOperator<String> ofTexts) {
        if (value instanceof String text) {
            return (T) ofTexts.apply(text);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            for (Object item : list) {
                copy.add(item == null ? null : withTexts(item, ofKeys, ofTexts));
            }
            return (T) copy;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) ->
                    copy.put(ofKeys.apply((String) key), item == null ? null : withTexts(item, ofKeys, ofTexts)));
            return (T) copy;
        }
        return value;
    }

    /** Renders the first messages. */
    Rendering render(int count, boolean addGenerationPrompt) {
        return render(messages.subList(0, count), addGenerationPrompt);
    }

    /** Renders all messages, with {@link #cursors} around the texts of some of them. */
    Rendering renderWithCursors(IntPredicate which, boolean addGenerationPrompt) {
        List<Map<String, @Nullable Object>> copy = new ArrayList<>(messages);
        for (int i = 0; i < copy.size(); i++) {
            if (which.test(i)) {
                copy.set(i, cursors.around(i, copy.get(i)));
            }
        }
        return render(copy, addGenerationPrompt);
    }

    private Rendering render(List<Map<String, @Nullable Object>> shown, boolean addGenerationPrompt) {
        Map<String, Object> all = new LinkedHashMap<>(variables);
        all.put("messages", shown);
        all.put("add_generation_prompt", addGenerationPrompt);
        return template.render(all);
    }

    int size() {
        return messages.size();
    }

    /** The tools in the template's form, or null if the row has none. */
    @Nullable
    Object tools() {
        return variables.get("tools");
    }

    char mark() {
        return cursors.mark();
    }
}
