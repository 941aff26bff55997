package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.MessageRole;
import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.tokens.EncodedText;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A row rendered by its chat template, with the positions of its messages' texts, and the checks that need both: only
 * trained messages are trained, each completely, and a trained message with content is shown.
 */
final class RenderedRow {
    private final Place place;
    private final ChatRow row;
    private final Conversation conversation;
    private final boolean addsGenerationPrompt;
    private final Rendering rendering;
    private @Nullable ShownTexts shown;

    /**
     * Renders the first messages of a row.
     *
     * @throws TemplateException if the chat template does not render them
     */
    RenderedRow(Place place, ChatRow row, Conversation conversation, int messages, boolean addsGenerationPrompt) {
        this.place = place;
        this.row = row;
        this.conversation = conversation;
        this.addsGenerationPrompt = addsGenerationPrompt;
        this.rendering = conversation.render(messages, addsGenerationPrompt);
    }

    ChatMessage message(int index) {
        return row.messages().get(index);
    }

    boolean isAssistant(int message) {
        return message(message).role() == MessageRole.ASSISTANT;
    }

    ChatRow row() {
        return row;
    }

    Conversation conversation() {
        return conversation;
    }

    Rendering rendering() {
        return rendering;
    }

    String text() {
        return rendering.text();
    }

    /** Positions of the messages' texts; not available for a partly rendered row. */
    ShownTexts shown() {
        ShownTexts known = shown;
        if (known == null) {
            known = ShownTexts.of(conversation, addsGenerationPrompt, text());
            shown = known;
        }
        return known;
    }

    /** Refusal of a row because the chat template does not show the position of a message. */
    RowRejectedException unclear(int message, String found) {
        return unclear(
                message,
                "a message whose place the base model's chat template shows",
                found,
                "set weight 0 on it, which leaves it out of what is trained, or choose a base model whose template"
                        + " shows it whole or marks assistant text by {% generation %}");
    }

    private RowRejectedException unclear(int message, String expected, String found, String remedy) {
        return place.key("messages").index(message).reject(RowFault.UNCLEAR_TEMPLATE, expected, found, remedy);
    }

    /**
     * Whether the template leaves out the content or reasoning of a message, or the name of a tool or of a call: system
     * messages, earlier reasoning, unknown tools. The loss would not reveal that the model never read them.
     */
    boolean hidesText() {
        for (int i = 0; i < conversation.size(); i++) {
            Map<String, @Nullable Object> message = conversation.messages().get(i);
            if ((isHidden(message.get("content")) && !isShownOtherwise(i))
                    || ChatMessage.REASONING_KEYS.stream().anyMatch(key -> isHidden(message.get(key)))
                    || hidesFunction(message.get("tool_calls"))) {
                return true;
            }
        }
        return hidesFunction(conversation.tools());
    }

    private boolean isHidden(@Nullable Object value) {
        return value instanceof String part && !text().contains(PythonSpace.strip(part));
    }

    private boolean hidesFunction(@Nullable Object callsOrTools) {
        return FunctionNames.of(callsOrTools).stream().anyMatch(this::isHidden);
    }

    /**
     * Templates may write a text differently than in the row, escaped or in capitals. A template that inspects the text
     * has read it.
     */
    private boolean isShownOtherwise(int message) {
        return !shown().isLocated(message) || shown().showsContent(message);
    }

    /**
     * @throws RowRejectedException naming a trained message with content of which the template shows neither the
     *     content nor a call: the model would learn to say nothing
     */
    void requireTrainedShown() throws RowRejectedException {
        for (int i = 0; i < conversation.size(); i++) {
            String content = message(i).content();
            if (message(i).isTrained()
                    && content != null
                    && !PythonSpace.isBlank(content)
                    && shown().isLocated(i)
                    && shown().first(i) == ShownTexts.NOWHERE
                    && !showsCall(i)) {
                throw unclear(
                        i,
                        "a chat template that shows this message",
                        "nothing of it in the rendered conversation",
                        "set weight 0 on it, or choose a model whose template takes such messages");
            }
        }
    }

    /** Templates may show calls instead of the content, and arguments may have no text. */
    private boolean showsCall(int message) {
        Span between = shown().between(message, text().length());
        String own = text().substring(between.start(), between.end());
        return FunctionNames.of(conversation.messages().get(message).get("tool_calls")).stream()
                .anyMatch(own::contains);
    }

    /**
     * Checks labels against the messages.
     *
     * @param labels labels of the first tokens of the text
     * @param isMarked whether the template marks the assistant's text
     * @throws RowRejectedException naming the message with wrong labels
     */
    void requireLabels(EncodedText tokens, int[] labels, boolean isMarked) throws RowRejectedException {
        int from = 0;
        for (ShownTexts.Piece piece : shown().pieces()) {
            boolean isTrained = message(piece.message()).isTrained();
            Span span = isTrained ? piece.span() : piece.certain();
            // Pieces ascend only by their starts, but a span that ends before one begins also precedes all later ones.
            while (from < labels.length && tokens.end(from) < piece.span().start()) {
                from++;
            }
            for (int i = from; i < labels.length && tokens.start(i) < span.end(); i++) {
                if (tokens.end(i) <= span.start()) {
                    continue;
                }
                boolean isLabelled = labels[i] != EncodedRow.NOT_TRAINED;
                if (isLabelled && !isTrained) {
                    throw unclear(
                            piece.message(),
                            "a chat template that keeps this message apart from what is trained",
                            "its text among the trained text of another message",
                            "remove this message from the row, or choose a model whose template keeps the order of the"
                                    + " messages");
                }
                if (!isLabelled && isTrained && !isMarked && i > 0) {
                    throw unclear(piece.message(), "text of it outside of what is trained of it");
                }
            }
        }
    }
}
