package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.RowRejectedException;
import dev.anneal.engine.text.template.PythonSpace;
import dev.anneal.engine.text.tokens.EncodedText;

/**
 * Holds every row's labels to what they are for: no token of a message that is not trained has one, and where the template does not say itself what the assistant
 * writes, all tokens of the trained messages have one.
 */
final class MaskCheck {

    private final Place place;
    private final ChatRow row;
    private final ShownTexts shown;

    MaskCheck(Place place, ChatRow row, ShownTexts shown) {
        this.place = place;
        this.row = row;
        this.shown = shown;
    }

    /** @throws RowRejectedException naming a trained message with content of which the template shows neither that nor a call: the model would learn to say nothing */
    void checkShown(Conversation conversation, String text) throws RowRejectedException {
        for (int i = 0; i < row.messages().size(); i++) {
            ChatMessage message = row.messages().get(i);
            boolean hasContent = message.content() != null && !PythonSpace.isBlank(message.content());
            if (message.isTrained()
                    && hasContent
                    && shown.isLocated(i)
                    && shown.first(i) == ShownTexts.NOWHERE
                    && !showsCall(conversation, text, i)) {
                throw hidden(i);
            }
        }
    }

    /** Templates may show calls instead of the content beside them, and arguments may have no text. */
    private boolean showsCall(Conversation conversation, String text, int message) {
        TextSpan between = shown.between(message, text.length());
        String own = text.substring(between.start(), between.end());
        return Functions.names(conversation.messages().get(message).get("tool_calls")).stream()
                .anyMatch(own::contains);
    }

    /**
     * @param labels of the first tokens of the text
     * @param isMarked whether the template says what the assistant writes
     * @throws RowRejectedException naming the message whose tokens are labelled wrongly
     */
    void check(EncodedText text, int[] labels, boolean isMarked) throws RowRejectedException {
        int from = 0;
        for (ShownTexts.Piece piece : shown.pieces()) {
            boolean isTrained = row.messages().get(piece.message()).isTrained();
            TextSpan span = isTrained ? piece.span() : piece.sure();
            // Pieces ascend by their starts alone: what ends before one begins is behind all further ones too.
            while (from < labels.length && text.end(from) < piece.span().start()) {
                from++;
            }
            for (int i = from; i < labels.length && text.start(i) < span.end(); i++) {
                if (text.end(i) <= span.start()) {
                    continue;
                }
                boolean isLabelled = labels[i] != EncodedRow.NOT_TRAINED;
                if (isLabelled && !isTrained) {
                    throw trained(piece.message());
                }
                if (!isLabelled && isTrained && !isMarked && i > 0) {
                    throw cut(piece.message());
                }
            }
        }
    }

    private RowRejectedException trained(int message) {
        return UnclearTemplate.at(
                place,
                message,
                "a chat template that keeps this message apart from what is trained",
                "its text among the trained text of another message",
                "remove this message from the row, or choose a model whose template keeps the order of the messages");
    }

    private RowRejectedException hidden(int message) {
        return UnclearTemplate.at(
                place,
                message,
                "a chat template that shows this message",
                "nothing of it in the rendered conversation",
                "set weight 0 on it, or choose a model whose template takes such messages");
    }

    private RowRejectedException cut(int message) {
        return UnclearTemplate.at(place, message, "text of it outside of what is trained of it");
    }
}
