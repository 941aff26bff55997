package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Excerpt;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.Rendering.Span;
import dev.anneal.engine.text.template.TemplateException;
import dev.anneal.engine.text.tokens.EncodedText;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns a conversation into tokens with a chat template. Labels cover the assistant's text, without role headers and
 * with the end-of-turn token: templates with {@code {% generation %}} mark it ({@link MarkedSpans}), in others it is
 * located ({@link FoundSpans}); both are checked. Thread-safe.
 */
final class RowEncoder {
    private final ModelTokenizer tokenizer;
    private final ChatTemplate template;
    private final TurnTokens turns;

    RowEncoder(ModelTokenizer tokenizer, ChatTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
        this.turns = TurnTokens.of(tokenizer, template);
    }

    /** The template's text around an assistant's message. */
    TurnTokens turns() {
        return turns;
    }

    /**
     * Tokenizes a conversation for training.
     *
     * @param counts receive the total length, even if the row is refused
     */
    Tokenized tokenize(Place place, ChatRow row, List<TokenCounter> counts) throws RowRejectedException {
        RenderedRow rendered = render(place, row, row.messages().size(), false);
        rendered.requireTrainedShown();
        List<Span> trained = template.marksAssistantText()
                ? new MarkedSpans(rendered).trained()
                : new FoundSpans(rendered, turns).trained();
        EncodedText text = tokens(rendered);
        counts.forEach(count -> count.length(place.line(), text.length()));
        refuseDoubleStart(place, text.ids());
        return new Tokenized(this, place, rendered, trained, text);
    }

    /** Encodes the first tokens of a conversation, at most {@code maxLength}. */
    private Encoded cut(Tokenized row, int maxLength) throws RowRejectedException {
        EncodedText text = row.text();
        int length = Math.min(maxLength, text.length());
        int[] labels = labels(text, row.trained(), length);
        row.rendered().requireLabels(text, labels, template.marksAssistantText());
        EncodedRow encoded = new EncodedRow(row.place().line(), text.ids(length), labels, length < text.length());
        if (encoded.trainedTokens() == 0) {
            throw nothingTrained(row.place(), encoded, text.length(), maxLength);
        }
        boolean isEnded = IntStream.of(labels).anyMatch(turns.ends()::contains);
        return new Encoded(encoded, isEnded, row.rendered().hidesText());
    }

    /** Renders a conversation, or its first messages, with the generation prompt. */
    RenderedRow prompt(Place place, ChatRow row, int messages) throws RowRejectedException {
        return render(place, row, messages, true);
    }

    EncodedText tokens(RenderedRow rendered) {
        return tokenizer.encodeMarked(rendered.text(), rendered.conversation().mark());
    }

    private RenderedRow render(Place place, ChatRow row, int messages, boolean addsGenerationPrompt)
            throws RowRejectedException {
        Conversation conversation = Conversation.of(place, row, template, tokenizer);
        try {
            return new RenderedRow(place, row, conversation, messages, addsGenerationPrompt);
        } catch (TemplateException e) {
            throw notRendered(place.key("messages"), e);
        }
    }

    /**
     * Labels of the first tokens: the id if a token overlaps a span or lies between two tokens that do,
     * {@link EncodedRow#NOT_TRAINED} otherwise and for token 0.
     *
     * @param spans ascending and disjoint
     */
    static int[] labels(EncodedText text, List<Span> spans, int length) {
        int[] labels = new int[length];
        Arrays.fill(labels, EncodedRow.NOT_TRAINED);
        int token = 0;
        for (Span span : spans) {
            while (token < text.length() && text.end(token) <= span.start()) {
                token++;
            }
            while (token < text.length() && text.start(token) < span.end()) {
                if (token > 0 && token < length) {
                    labels[token] = text.id(token);
                }
                token++;
            }
        }
        return labels;
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

    /**
     * @throws DataException with code {@code base_model_unreadable} if the template rather than the row is at fault
     */
    private static RowRejectedException notRendered(Place messages, TemplateException e) {
        String found = Excerpt.shorten("%s (line %d of the template)".formatted(e.reason(), e.line()));
        return switch (e.problem()) {
            case RAISED ->
                messages.reject(
                        RowFault.REFUSED_BY_TEMPLATE,
                        "a conversation that the model's chat template accepts",
                        found,
                        "change the conversation, or choose a model whose template takes it");
            case EVALUATION ->
                messages.reject(
                        RowFault.FAILED_IN_TEMPLATE,
                        "a conversation that has what the model's chat template reads",
                        found,
                        "compare the conversation with what the template reads, or choose another model");
            case BUDGET ->
                messages.reject(
                        RowFault.BEYOND_TEMPLATE_LIMITS,
                        "a conversation that the chat template renders within its limits",
                        found,
                        "shorten the conversation");
            case SYNTAX ->
                throw new DataException(DataException.Code.BASE_MODEL_UNREADABLE, String.valueOf(e.getMessage()), e);
        };
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
     * A whole conversation as tokens.
     *
     * @param trained the text that is trained, ascending
     */
    record Tokenized(RowEncoder encoder, Place place, RenderedRow rendered, List<Span> trained, EncodedText text) {

        /** Its first tokens, at most {@code maxLength}. */
        Encoded cut(int maxLength) throws RowRejectedException {
            return encoder.cut(this, maxLength);
        }
    }

    /**
     * A conversation as tokens and labels.
     *
     * @param isEnded whether an end-of-turn token is trained
     * @param hidesText whether the chat template leaves text out
     */
    record Encoded(EncodedRow row, boolean isEnded, boolean hidesText) {}
}
