package dev.anneal.engine.text.data;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Place;
import dev.anneal.engine.text.fault.RowFault;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.DatasetRow;
import dev.anneal.engine.text.rows.PreferenceRow;
import dev.anneal.engine.text.rows.PromptRow;
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
 * Turns datasets into tokens and labels with a model's tokenizer and chat template. Only assistant messages are
 * trained, from after their role header up to and including their end-of-turn token. Thread-safe; does not close the
 * tokenizer.
 *
 * <p>A row longer than allowed is cut at its end (TRL's {@code keep_start}), without adding an end of sequence. Such
 * rows are counted, and dropped if they have no trained token left. A pair becomes two rows, which are cut separately,
 * and is dropped if either has no trained token left. A prompt is never cut: one that leaves no space for an answer is
 * dropped.
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
     * @param now time of {@code strftime_now}, in UTC; encodings must use the same instant to give the same tokens
     * @throws DataException with code {@code base_model_unreadable} if it has no supported one
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
     * @param maxLengthTokens maximum length of a row, at least 2
     * @throws DataException if the file contains a line that is not a row, or prompts
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
     * @param maxLengthTokens a prompt must be shorter than this, at least 2; answers are not limited by it
     * @throws DataException if the file contains a line that is not a row, or rows other than prompts
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

    /**
     * Counts the results of {@link #encode} or {@link #encodePrompts} for each of the lengths, with each row tokenized
     * once and one row in memory at a time.
     */
    public List<TokenReport> reports(Path file, List<Integer> maxLengthsTokens) throws IOException {
        return forEach(file, maxLengthsTokens, row -> {}, prompt -> {});
    }

    private TokenReport forEach(
            Path file, int maxLength, Consumer<EncodedRow> toRows, Consumer<EncodedPrompt> toPrompts)
            throws IOException {
        return forEach(file, List.of(maxLength), toRows, toPrompts).get(0);
    }

    private List<TokenReport> forEach(
            Path file, List<Integer> maxLengths, Consumer<EncodedRow> toRows, Consumer<EncodedPrompt> toPrompts)
            throws IOException {
        List<TokenCounter> counts =
                maxLengths.stream().map(ChatEncoder::countOf).toList();
        DatasetFile.forEach(file, (line, row) -> {
            Place place = Place.ofLine(line);
            try {
                Cuttable cuttable = row instanceof PromptRow prompt
                        ? tokenizedPrompt(place, prompt, counts, toPrompts)
                        : cuttable(parts(place, row, counts), toRows);
                counts.forEach(count -> cut(cuttable, count));
            } catch (RowRejectedException e) {
                counts.forEach(count -> count.dropped(e.problem()));
            } catch (StalledRenderingException e) {
                throw e.atLine(line);
            }
        });
        return counts.stream().map(TokenCounter::report).toList();
    }

    private static TokenCounter countOf(int maxLength) {
        if (maxLength < 2) {
            throw new IllegalArgumentException("rows of at most %d tokens train nothing".formatted(maxLength));
        }
        return new TokenCounter(maxLength);
    }

    /** A tokenized row of a file. */
    private interface Cuttable {

        /** Cuts the row to the length of the count, which receives the result. */
        void cut(TokenCounter count) throws RowRejectedException;
    }

    private static void cut(Cuttable row, TokenCounter count) {
        try {
            row.cut(count);
        } catch (RowRejectedException e) {
            count.dropped(e.problem());
        }
    }

    /**
     * The conversation of a row, or both of a pair. A fault in an answer of a pair names the answer alone, because its
     * messages have other positions in the line.
     */
    List<RowEncoder.Tokenized> parts(Place place, DatasetRow row, List<TokenCounter> counts)
            throws RowRejectedException {
        if (row instanceof PreferenceRow pair) {
            return List.of(
                    tokenized(place.key("preferred_output").whole(), pair.chosen(), counts),
                    tokenized(place.key("non_preferred_output").whole(), pair.rejected(), counts));
        }
        return List.of(tokenized(place, row.conversation(), counts));
    }

    private RowEncoder.Tokenized tokenized(Place place, ChatRow conversation, List<TokenCounter> counts)
            throws RowRejectedException {
        return encoder(conversation).tokenize(place, conversation, counts);
    }

    private static Cuttable cuttable(List<RowEncoder.Tokenized> parts, Consumer<EncodedRow> toRows) {
        return count -> {
            List<RowEncoder.Encoded> rows = new ArrayList<>();
            for (RowEncoder.Tokenized part : parts) {
                rows.add(part.cut(count.maxLength()));
            }
            count.accepted(rows);
            rows.forEach(encoded -> toRows.accept(encoded.row()));
        };
    }

    private Cuttable tokenizedPrompt(
            Place place, PromptRow row, List<TokenCounter> counts, Consumer<EncodedPrompt> toPrompts)
            throws RowRejectedException {
        RowEncoder encoder = encoder(row.prompt());
        RenderedRow prompt =
                encoder.prompt(place, row.prompt(), row.prompt().messages().size());
        int[] ids = encoder.tokens(prompt).ids();
        counts.forEach(count -> count.length(place.line(), ids.length));
        return count -> {
            if (ids.length >= count.maxLength()) {
                throw promptTooLong(place, ids.length, count.maxLength());
            }
            count.acceptedPrompt(place.line(), ids, prompt.hidesText());
            toPrompts.accept(new EncodedPrompt(place.line(), ids, row.item()));
        };
    }

    private static RowRejectedException promptTooLong(Place place, int length, int maxLength) {
        return place.key("messages")
                .reject(
                        RowFault.PROMPT_TOO_LONG,
                        "a prompt of fewer than %,d tokens, so that an answer has room".formatted(maxLength),
                        "%,d tokens".formatted(length),
                        "raise max_length or shorten the prompt");
    }

    /** The encoder with the template for this conversation, with tools or without. */
    RowEncoder encoder(ChatRow row) {
        return row.tools().isEmpty() ? plain : withTools;
    }

    /** The special token that the chat template writes after an assistant's message, or null. */
    public @Nullable Integer endOfTurn() {
        return plain.turns().ownEnd();
    }

    /** Tokens that end an answer: those of the model and that of the chat template, which may differ in base models. */
    public Set<Integer> endsOfTurn() {
        return plain.turns().ends();
    }

    /** Text of the tokens of an answer, without special ones. */
    public String text(int[] ids) {
        return tokenizer.decode(ids, true);
    }

    /**
     * Ids of the prompt for the last assistant message of a row: everything before it and the generation prompt. The
     * whole row if it ends with a user message or has no assistant message.
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

    /** As {@link #encodePrompt(long, ChatRow)}, for a prompt outside files. */
    public int[] encodePrompt(ChatRow row) {
        return encodePrompt(Place.ofNoFile(), row);
    }

    /**
     * Ids of the prompt for another assistant message: the whole conversation and the generation prompt.
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
