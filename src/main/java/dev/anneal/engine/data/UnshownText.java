package dev.anneal.engine.data;

import dev.anneal.engine.template.Rendering;
import dev.anneal.engine.template.TemplateException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a chat template leaves out of a conversation: system messages, earlier reasoning, tools and calls that it does not know. Nobody would see from
 * the loss that a model never read them.
 */
final class UnshownText {

    private static final List<String> REASONING = List.of("reasoning_content", "reasoning", "thinking");

    /** Further renderings that a row may cost; what is not found by then counts as shown. */
    private static final int MOST_RENDERINGS = 20;

    private final Conversation conversation;
    private final String shown;
    private int renderings;

    private UnshownText(Conversation conversation, String shown) {
        this.conversation = conversation;
        this.shown = shown;
    }

    /** Whether the rendering of all messages lacks the content or reasoning of one, or the name of a tool or of a call. */
    static boolean isIn(Conversation conversation, String shown) {
        return new UnshownText(conversation, shown).isAnywhere();
    }

    private boolean isAnywhere() {
        for (int i = 0; i < conversation.size(); i++) {
            Map<String, @Nullable Object> message = conversation.messages().get(i);
            if ((isUnshown(message.get("content")) && !showsCursor(i))
                    || REASONING.stream().anyMatch(key -> isUnshown(message.get(key)))
                    || hasUnshownFunction(message.get("tool_calls"))) {
                return true;
            }
        }
        return hasUnshownFunction(conversation.tools());
    }

    private boolean isUnshown(@Nullable Object value) {
        return value instanceof String text && !shown.contains(text.strip());
    }

    private boolean hasUnshownFunction(@Nullable Object callsOrTools) {
        if (!(callsOrTools instanceof List<?> list)) {
            return false;
        }
        return list.stream()
                .anyMatch(item -> item instanceof Map<?, ?> map
                        && map.get("function") instanceof Map<?, ?> function
                        && isUnshown(function.get("name")));
    }

    /** Templates may write a text in another way than it stands in the row, escaped or in capitals; then a mark in it is shown. */
    private boolean showsCursor(int message) {
        if (++renderings > MOST_RENDERINGS) {
            return true;
        }
        try {
            Rendering rendering = conversation.renderWithCursor(message);
            return rendering != null && rendering.text().indexOf(conversation.cursor()) >= 0;
        } catch (TemplateException e) {
            // The template looks into the text, so it reads it.
            return true;
        }
    }
}
