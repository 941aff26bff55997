package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.RowFault;
import dev.anneal.engine.text.rows.RowRejectedException;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.tokens.ChatTemplates;
import dev.anneal.engine.text.tokens.EncodedText;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns one conversation into tokens. Safe for many threads. */
final class RowEncoder {

    private final ModelTokenizer tokenizer;
    private final Form plain;
    private final Form withTools;

    private RowEncoder(ModelTokenizer tokenizer, Form plain, Form withTools) {
        this.tokenizer = tokenizer;
        this.plain = plain;
        this.withTools = withTools;
    }

    static RowEncoder of(ModelTokenizer tokenizer, Instant now) {
        ChatTemplates templates = tokenizer.readTemplates(now);
        return of(tokenizer, templates.forTools(false), templates.forTools(true));
    }

    static RowEncoder of(ModelTokenizer tokenizer, ChatTemplate plain, ChatTemplate withTools) {
        Form form = new Form(plain, new AssistantText(tokenizer, plain));
        return new RowEncoder(
                tokenizer,
                form,
                withTools == plain ? form : new Form(withTools, new AssistantText(tokenizer, withTools)));
    }

    /**
     * A conversation that is trained.
     *
     * @param line the line that the encoded row is said to come from
     * @param count is told how long the whole is, even if it is refused
     */
    Encoded encode(Place place, long line, ChatRow row, int maxLength, TokenCount count) throws RowRejectedException {
        Form form = form(row);
        Conversation conversation = Conversation.of(place, row, form.template, tokenizer);
        List<TextSpan> trained;
        ShownTexts shown;
        EncodedText text;
        boolean unshown;
        try {
            Rendering all = conversation.render(conversation.size(), false);
            ShownTexts texts = ShownTexts.of(conversation, false, all.text());
            trained = form.assistant.trained(place, row, conversation, all, texts);
            text = tokenizer.encodeMarked(all.text(), conversation.mark());
            unshown = UnshownText.isIn(conversation, all.text(), () -> texts);
            shown = texts;
        } catch (TemplateException e) {
            throw TemplateFault.rejection(place, e);
        }
        count.length(line, text.ids().length);
        refuseDoubleStart(place, text.ids());
        int length = Math.min(maxLength, text.ids().length);
        int[] labels = form.assistant.labels(place, row, text, trained, shown, length);
        EncodedRow encoded = new EncodedRow(line, text.ids(length), labels, length < text.ids().length);
        if (encoded.trainedTokens() == 0) {
            throw nothingTrained(place, encoded, text.ids().length, maxLength);
        }
        return new Encoded(encoded, IntStream.of(encoded.labels()).anyMatch(form.assistant::isEndOfTurn), unshown);
    }

    /**
     * A conversation that asks for an answer, the generation prompt at its end.
     *
     * @param messages how many of its messages are asked with
     * @throws TemplateException if the chat template does not render it
     */
    Prompt prompt(Place place, ChatRow row, int messages) throws RowRejectedException {
        Conversation conversation = Conversation.of(place, row, form(row).template, tokenizer);
        String text = conversation.render(messages, true).text();
        return new Prompt(tokenizer.encodeMarked(text, conversation.mark()), conversation, text);
    }

    /** The token that the chat template writes after an assistant's message, or null if it writes none that is special. */
    @Nullable
    Integer endOfTurn() {
        return plain.assistant.ownEndOfTurn();
    }

    /** Tokens after which an assistant's message is complete: the model's ends, and what the chat template writes there. */
    Set<Integer> endsOfTurn() {
        return plain.assistant.endsOfTurn();
    }

    String text(int[] ids) {
        return tokenizer.decode(ids, true);
    }

    private Form form(ChatRow row) {
        return row.tools().isEmpty() ? plain : withTools;
    }

    private void refuseDoubleStart(Place place, int[] ids) throws RowRejectedException {
        Integer start = tokenizer.beginOfSequenceId();
        if (start != null && ids.length > 1 && ids[0] == start && ids[1] == start) {
            throw place.key("messages")
                    .reject(
                            RowFault.DOUBLE_BOS,
                            "one beginning-of-sequence token",
                            "two",
                            "remove one of them from the model's chat template");
        }
    }

    private static RowRejectedException nothingTrained(Place place, EncodedRow row, int length, int maxLength) {
        if (row.isTruncated()) {
            return place.key("messages")
                    .reject(
                            RowFault.NOTHING_TRAINED_WITHIN_LENGTH,
                            "a trained token within the first %,d".formatted(maxLength),
                            "%,d tokens of which the trained ones come later".formatted(length),
                            "raise max_length or shorten what comes before the answer");
        }
        return place.key("messages")
                .reject(
                        RowFault.NOTHING_TRAINED,
                        "a trained token",
                        "none in the text that the chat template makes",
                        "give the assistant's messages content");
    }

    /**
     * A conversation as tokens.
     *
     * @param isEnded whether an end-of-turn token is trained
     * @param hasUnshownText whether the chat template leaves something out
     */
    record Encoded(EncodedRow row, boolean isEnded, boolean hasUnshownText) {}

    /** A prompt as tokens, and what they were made from. */
    record Prompt(EncodedText tokens, Conversation conversation, String text) {

        /** Whether the chat template leaves something out. */
        boolean hasUnshownText() {
            return UnshownText.isIn(conversation, text, () -> ShownTexts.of(conversation, true, text));
        }
    }

    /** A chat template with what is known about it. */
    private record Form(ChatTemplate template, AssistantText assistant) {}
}
