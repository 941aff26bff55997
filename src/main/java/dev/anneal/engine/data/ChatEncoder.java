package dev.anneal.engine.data;

import dev.anneal.engine.rows.ChatFile;
import dev.anneal.engine.rows.ChatRow;
import dev.anneal.engine.rows.DataException;
import dev.anneal.engine.rows.Place;
import dev.anneal.engine.rows.RowFault;
import dev.anneal.engine.rows.RowRejectedException;
import dev.anneal.engine.template.ChatTemplate;
import dev.anneal.engine.template.Rendering;
import dev.anneal.engine.template.StalledRenderingException;
import dev.anneal.engine.template.TemplateException;
import dev.anneal.engine.tokens.ChatTemplates;
import dev.anneal.engine.tokens.EncodedText;
import dev.anneal.engine.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns conversations into tokens and labels with a model's tokenizer and chat template. Only assistant messages are trained, from behind their role header up to and
 * including their end-of-turn token. Safe for many threads; the tokenizer stays its owner's.
 *
 * <p>A row longer than allowed keeps its start (TRL's {@code keep_start}): its last token is then whatever stands there, and no end of sequence is put in its place.
 * Such rows are counted, and dropped if nothing trained is left of them.
 */
public final class ChatEncoder {

    private final ModelTokenizer tokenizer;
    private final Form plain;
    private final Form withTools;

    private ChatEncoder(ModelTokenizer tokenizer, Form plain, Form withTools) {
        this.tokenizer = tokenizer;
        this.plain = plain;
        this.withTools = withTools;
    }

    /**
     * Prepares the chat template of a model.
     *
     * @param now what {@code strftime_now} shows, in UTC; one instant for all encodings that are to give the same tokens
     * @throws DataException with code {@code base_model_unreadable} if it has none that is understood
     */
    public static ChatEncoder of(ModelTokenizer tokenizer, Instant now) {
        ChatTemplates templates = tokenizer.readTemplates(now);
        return of(tokenizer, templates.forTools(false), templates.forTools(true));
    }

    static ChatEncoder of(ModelTokenizer tokenizer, ChatTemplate plain, ChatTemplate withTools) {
        Form form = new Form(plain, new AssistantText(tokenizer, plain));
        return new ChatEncoder(
                tokenizer,
                form,
                withTools == plain ? form : new Form(withTools, new AssistantText(tokenizer, withTools)));
    }

    /**
     * Encodes a validated file.
     *
     * @param maxLengthTokens tokens a row may have, at least 2
     * @throws DataException if the file holds a line that is not a row
     * @throws StalledRenderingException naming the line at which the machine did not get on with the chat template
     */
    public EncodedDataset encode(Path file, int maxLengthTokens) throws IOException {
        List<EncodedRow> rows = new ArrayList<>();
        TokenReport report = forEach(file, maxLengthTokens, rows::add);
        return new EncodedDataset(rows, report);
    }

    /** Counts what {@link #encode} would give, holding one row at a time. */
    public TokenReport report(Path file, int maxLengthTokens) throws IOException {
        return forEach(file, maxLengthTokens, row -> {});
    }

    private TokenReport forEach(Path file, int maxLength, Consumer<EncodedRow> consumer) throws IOException {
        if (maxLength < 2) {
            throw new IllegalArgumentException("rows of at most %d tokens train nothing".formatted(maxLength));
        }
        TokenCount count = new TokenCount(maxLength);
        ChatFile.forEach(file, (line, row) -> {
            try {
                EncodedRow encoded = encode(line, row, maxLength, count);
                consumer.accept(encoded);
            } catch (RowRejectedException e) {
                count.dropped(e.problem());
            }
        });
        return count.report();
    }

    private EncodedRow encode(long line, ChatRow row, int maxLength, TokenCount count) throws RowRejectedException {
        Place place = Place.ofLine(line);
        Form form = form(row);
        Conversation conversation = Conversation.of(place, row, form.template, tokenizer);
        List<TextSpan> trained;
        EncodedText text;
        boolean unshown;
        try {
            Rendering all = conversation.render(conversation.size(), false);
            trained = form.assistant.trained(place, row, conversation, all, form.template.marksAssistantText());
            text = tokenizer.encodeMarked(all.text(), conversation.mark());
            unshown = UnshownText.isIn(conversation, all.text());
        } catch (TemplateException e) {
            throw TemplateFault.rejection(place, e);
        } catch (StalledRenderingException e) {
            throw e.atLine(line);
        }
        count.length(line, text.ids().length);
        refuseDoubleStart(place, text.ids());
        int length = Math.min(maxLength, text.ids().length);
        EncodedRow encoded =
                new EncodedRow(line, text.ids(length), LabelMask.of(text, trained, length), length < text.ids().length);
        if (encoded.trainedTokens() == 0) {
            throw nothingTrained(place, encoded, text.ids().length, maxLength);
        }
        count.accepted(encoded, IntStream.of(encoded.labels()).anyMatch(form.assistant::isEndOfTurn), unshown);
        return encoded;
    }

    /** The token that the chat template writes after an assistant's message, or null if it writes none that is special. */
    public @Nullable Integer endOfTurn() {
        return plain.assistant.ownEndOfTurn();
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
     * Ids that ask for the last assistant message of a row: everything before it and the generation prompt. All of a row whose last word is not the assistant's.
     *
     * @param line the row's line in its file, counted from 1
     * @throws DataException if the chat template refuses the conversation
     * @throws StalledRenderingException naming the line at which the machine did not get on with the chat template
     */
    public int[] encodePrompt(long line, ChatRow row) {
        try {
            return encodePrompt(Place.ofLine(line), row);
        } catch (StalledRenderingException e) {
            throw e.atLine(line);
        }
    }

    /** Ids of a prompt that stands in no file, made as {@link #encodePrompt(long, ChatRow)} makes them. */
    public int[] encodePrompt(ChatRow row) {
        return encodePrompt(Place.ofNoFile(), row);
    }

    private int[] encodePrompt(Place place, ChatRow row) {
        int before = row.lastAssistant() < 0 ? row.messages().size() : row.lastAssistant();
        try {
            Conversation conversation = Conversation.of(place, row, form(row).template, tokenizer);
            String text = conversation.render(before, true).text();
            return tokenizer.encodeMarked(text, conversation.mark()).ids();
        } catch (TemplateException e) {
            throw invalid(TemplateFault.rejection(place, e));
        } catch (RowRejectedException e) {
            throw invalid(e);
        }
    }

    private static DataException invalid(RowRejectedException e) {
        return new DataException(DataException.Code.DATASET_INVALID, e.problem().toString(), e);
    }

    /** A chat template with what is known about it. */
    private record Form(ChatTemplate template, AssistantText assistant) {}
}
