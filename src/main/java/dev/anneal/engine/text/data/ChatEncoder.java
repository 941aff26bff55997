package dev.anneal.engine.text.data;

import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DataException;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.DatasetRow;
import dev.anneal.engine.text.rows.Place;
import dev.anneal.engine.text.rows.PreferenceRow;
import dev.anneal.engine.text.rows.PromptRow;
import dev.anneal.engine.text.rows.RowFault;
import dev.anneal.engine.text.rows.RowRejectedException;
import dev.anneal.engine.text.template.ChatTemplate;
import dev.anneal.engine.text.template.StalledRenderingException;
import dev.anneal.engine.text.tokens.ChatTemplates;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns datasets into tokens and labels with a model's tokenizer and chat template. Only assistant messages are trained, from behind their role header up to and
 * including their end-of-turn token. Safe for many threads; the tokenizer stays its owner's.
 *
 * <p>A row longer than allowed keeps its start (TRL's {@code keep_start}): its last token is then whatever stands there, and no end of sequence is put in its place.
 * Such rows are counted, and dropped if nothing trained is left of them. A pair becomes two rows, each cut for itself, and is dropped whole if nothing trained is left of either. A prompt
 * is never cut: one that leaves no room for an answer is dropped.
 */
public final class ChatEncoder {
    private final ModelTokenizer tokenizer;
    private final RowEncoder plain;
    private final RowEncoder withTools;

    private ChatEncoder(ModelTokenizer tokenizer, RowEncoder plain, RowEncoder withTools) {
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
        return of(tokenizer, templates.plain(), templates.withTools());
    }

    static ChatEncoder of(ModelTokenizer tokenizer, ChatTemplate plain, ChatTemplate withTools) {
        RowEncoder encoder = new RowEncoder(tokenizer, plain);
        return new ChatEncoder(tokenizer, encoder, withTools == plain ? encoder : new RowEncoder(tokenizer, withTools));
    }

    /**
     * Encodes a validated file of conversations or pairs.
     *
     * @param maxLengthTokens tokens a row may have, at least 2
     * @throws DataException if the file holds a line that is not a row, or prompts
     * @throws StalledRenderingException naming the line whose rendering stalled
     */
    public EncodedDataset<EncodedRow> encode(Path file, int maxLengthTokens) throws IOException {
        List<EncodedRow> rows = new ArrayList<>();
        TokenReport report = forEach(file, maxLengthTokens, rows::add, prompt -> {
            throw wrongFormat(prompt.line(), "answers to learn from", "a prompt alone");
        });
        return new EncodedDataset<>(rows, report);
    }

    /**
     * Encodes a validated file of prompts.
     *
     * @param maxLengthTokens tokens that a prompt has fewer of, at least 2; answers are not bounded by it
     * @throws DataException if the file holds a line that is not a row, or other rows than prompts
     * @throws StalledRenderingException naming the line whose rendering stalled
     */
    public EncodedDataset<EncodedPrompt> encodePrompts(Path file, int maxLengthTokens) throws IOException {
        List<EncodedPrompt> prompts = new ArrayList<>();
        Consumer<EncodedRow> noRow = row -> {
            throw wrongFormat(row.line(), "a prompt", "an answer as well");
        };
        TokenReport report = forEach(file, maxLengthTokens, noRow, prompts::add);
        return new EncodedDataset<>(prompts, report);
    }

    /** Counts what {@link #encode} or {@link #encodePrompts} would give, holding one row at a time. */
    public TokenReport report(Path file, int maxLengthTokens) throws IOException {
        return forEach(file, maxLengthTokens, row -> {}, prompt -> {});
    }

    private TokenReport forEach(
            Path file, int maxLength, Consumer<EncodedRow> toRows, Consumer<EncodedPrompt> toPrompts)
            throws IOException {
        if (maxLength < 2) {
            throw new IllegalArgumentException("rows of at most %d tokens train nothing".formatted(maxLength));
        }
        TokenCount count = new TokenCount(maxLength);
        DatasetFile.forEach(file, (line, row) -> {
            Place place = Place.ofLine(line);
            try {
                if (row instanceof PromptRow prompt) {
                    toPrompts.accept(prompt(place, prompt, maxLength, count));
                } else {
                    List<RowEncoder.Encoded> encoded = encode(place, row, maxLength, count);
                    count.accepted(encoded);
                    encoded.forEach(part -> toRows.accept(part.row()));
                }
            } catch (RowRejectedException e) {
                count.dropped(e.problem());
            } catch (StalledRenderingException e) {
                throw e.atLine(line);
            }
        });
        return count.report();
    }

    /** A conversation, or both of a pair. */
    private List<RowEncoder.Encoded> encode(Place place, DatasetRow row, int maxLength, TokenCount count)
            throws RowRejectedException {
        if (row instanceof PreferenceRow pair) {
            return List.of(
                    answer(place, "preferred_output", pair.chosen(), maxLength, count),
                    answer(place, "non_preferred_output", pair.rejected(), maxLength, count));
        }
        return List.of(encoder(row.conversation()).encode(place, row.conversation(), maxLength, count));
    }

    private RowEncoder.Encoded answer(Place place, String output, ChatRow row, int maxLength, TokenCount count)
            throws RowRejectedException {
        try {
            return encoder(row).encode(place, row, maxLength, count);
        } catch (RowRejectedException e) {
            throw e.at(place.key(output));
        }
    }

    private EncodedPrompt prompt(Place place, PromptRow row, int maxLength, TokenCount count)
            throws RowRejectedException {
        RowEncoder encoder = encoder(row.prompt());
        RenderedRow prompt =
                encoder.prompt(place, row.prompt(), row.prompt().messages().size());
        int[] ids = encoder.tokens(prompt).ids();
        count.length(place.line(), ids.length);
        if (ids.length >= maxLength) {
            throw place.key("messages")
                    .reject(
                            RowFault.PROMPT_TOO_LONG,
                            "a prompt of fewer than %,d tokens, so that an answer has room".formatted(maxLength),
                            "%,d tokens".formatted(ids.length),
                            "raise max_length or shorten the prompt");
        }
        count.acceptedPrompt(place.line(), ids.length, prompt.hidesText());
        return new EncodedPrompt(place.line(), ids, row.item());
    }

    /** The encoder by the template for conversations such as this one, with tools or without. */
    RowEncoder encoder(ChatRow row) {
        return row.tools().isEmpty() ? plain : withTools;
    }

    /** The token that the chat template writes after an assistant's message, or null if it writes none that is special. */
    public @Nullable Integer endOfTurn() {
        return plain.turns().ownEnd();
    }

    /** Tokens after which an answer is complete: the ends of the model, which base models may have others of than their chat template, and that of the template. */
    public Set<Integer> endsOfTurn() {
        return plain.turns().ends();
    }

    /** What the tokens of an answer read, special ones left out. */
    public String text(int[] ids) {
        return tokenizer.decode(ids, true);
    }

    /**
     * Ids that ask for the last assistant message of a row: everything before it and the generation prompt. All of a row in which the user has the last word, or in which the
     * assistant says nothing.
     *
     * @param line the row's line in its file, counted from 1
     * @throws DataException if the chat template refuses the conversation
     * @throws StalledRenderingException naming the line whose rendering stalled
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

    /**
     * Ids that ask for a further message of the assistant: the whole conversation and the generation prompt.
     *
     * @throws DataException if the chat template refuses the conversation
     */
    public int[] encodeChat(ChatRow conversation) {
        return encodePrompt(
                Place.ofNoFile(), conversation, conversation.messages().size());
    }

    private int[] encodePrompt(Place place, ChatRow row) {
        boolean asksWithAll = row.isPrompt() || row.lastAssistant() < 0;
        return encodePrompt(place, row, asksWithAll ? row.messages().size() : row.lastAssistant());
    }

    private int[] encodePrompt(Place place, ChatRow row, int before) {
        RowEncoder encoder = encoder(row);
        try {
            return encoder.tokens(encoder.prompt(place, row, before)).ids();
        } catch (RowRejectedException e) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID, e.problem().toString(), e);
        }
    }

    private static DataException wrongFormat(long line, String expected, String found) {
        return new DataException(
                DataException.Code.DATASET_INVALID, "line %d: expected %s, found %s".formatted(line, expected, found));
    }
}
