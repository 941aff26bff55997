package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.template.PythonSpace;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a chat template leaves out of a conversation: system messages, earlier reasoning, tools and calls that it does not know. Nobody would see from
 * the loss that a model never read them.
 */
final class UnshownText {

    private final Conversation conversation;
    private final String shown;
    private final Supplier<ShownTexts> texts;

    private UnshownText(Conversation conversation, String shown, Supplier<ShownTexts> texts) {
        this.conversation = conversation;
        this.shown = shown;
        this.texts = texts;
    }

    /**
     * Whether the rendering of all messages lacks the content or reasoning of one, or the name of a tool or of a call.
     *
     * @param texts where the messages' texts stand in it, which is asked if one does not stand there as it is written
     */
    static boolean isIn(Conversation conversation, String shown, Supplier<ShownTexts> texts) {
        return new UnshownText(conversation, shown, texts).isAnywhere();
    }

    private boolean isAnywhere() {
        for (int i = 0; i < conversation.size(); i++) {
            Map<String, @Nullable Object> message = conversation.messages().get(i);
            if ((isUnshown(message.get("content")) && !isShownOtherwise(i))
                    || ChatMessage.REASONING_KEYS.stream().anyMatch(key -> isUnshown(message.get(key)))
                    || hasUnshownFunction(message.get("tool_calls"))) {
                return true;
            }
        }
        return hasUnshownFunction(conversation.tools());
    }

    private boolean isUnshown(@Nullable Object value) {
        return value instanceof String text && !shown.contains(PythonSpace.strip(text));
    }

    private boolean hasUnshownFunction(@Nullable Object callsOrTools) {
        return Functions.names(callsOrTools).stream().anyMatch(this::isUnshown);
    }

    /** Templates may write a text in another way than it stands in the row, escaped or in capitals. One that looks into the text has read it. */
    private boolean isShownOtherwise(int message) {
        return !texts.get().isLocated(message) || texts.get().showsContent(message);
    }
}
