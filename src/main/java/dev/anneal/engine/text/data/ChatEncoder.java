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
import dev.anneal.engine.text.template.TemplateException;
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

    private final RowEncoder encoder;

    private ChatEncoder(RowEncoder encoder) {
        this.encoder = encoder;
    }

    /**
     * Prepares the chat template of a model.
     *
     * @param now what {@code strftime_now} shows, in UTC; one instant for all encodings that are to give the same tokens
     * @throws DataException with code {@code base_model_unreadable} if it has none that is understood
     */
    public static ChatEncoder of(ModelTokenizer tokenizer, Instant now) {
        return new ChatEncoder(RowEncoder.of(tokenizer, now));
    }

    static ChatEncoder of(ModelTokenizer tokenizer, ChatTemplate plain, ChatTemplate withTools) {
        return new ChatEncoder(RowEncoder.of(tokenizer, plain, withTools));
    }

    /**
     * Encodes a validated file of conversations or pairs.
     *
     * @param maxLengthTokens tokens a row may have, at least 2
     * @throws DataException if the file holds a line that is not a row, or prompts
     * @throws StalledRenderingException naming the line at which the machine did not get on with the chat template
     */
    public EncodedDataset<EncodedRow> encode(Path file, int maxLengthTokens) throws IOException {
        List<EncodedRow> rows = new ArrayList<>();
        Sink sink = new Sink(rows::add, prompt -> {
            throw wrongFormat(prompt.line(), "answers to learn from", "a prompt alone");
        });
        TokenReport report = forEach(file, maxLengthTokens, sink);
        return new EncodedDataset<>(rows, report);
    }

    /**
     * Encodes a validated file of prompts.
     *
     * @param maxLengthTokens tokens that a prompt has fewer of, at least 2; answers are not bounded by it
     * @throws DataException if the file holds a line that is not a row, or other rows than prompts
     * @throws StalledRenderingException naming the line at which the machine did not get on with the chat template
     */
    public EncodedDataset<EncodedPrompt> encodePrompts(Path file, int maxLengthTokens) throws IOException {
        List<EncodedPrompt> prompts = new ArrayList<>();
        Sink sink = new Sink(
                row -> {
                    throw wrongFormat(row.line(), "a prompt", "an answer as well");
                },
                prompts::add);
        TokenReport report = forEach(file, maxLengthTokens, sink);
        return new EncodedDataset<>(prompts, report);
    }

    /** Counts what {@link #encode} or {@link #encodePrompts} would give, holding one row at a time. */
    public TokenReport report(Path file, int maxLengthTokens) throws IOException {
        return forEach(file, maxLengthTokens, new Sink(row -> {}, prompt -> {}));
    }

    private TokenReport forEach(Path file, int maxLength, Sink sink) throws IOException {
        if (maxLength < 2) {
            throw new IllegalArgumentException("rows of at most %d tokens train nothing".formatted(maxLength));
        }
        TokenCount count = new TokenCount(maxLength);
        DatasetFile.forEach(file, (line, row) -> {
            try {
                encode(line, row, maxLength, count, sink);
            } catch (RowRejectedException e) {
                count.dropped(e.problem());
            } catch (StalledRenderingException e) {
                throw e.atLine(line);
            }
        });
        return count.report();
    }

    private void encode(long line, DatasetRow row, int maxLength, TokenCount count, Sink sink)
            throws RowRejectedException {
        Place place = Place.ofLine(line);
        if (row instanceof ChatRow chat) {
            RowEncoder.Encoded encoded = encoder.encode(place, line, chat, maxLength, count);
            count.accepted(List.of(encoded));
            sink.rows.accept(encoded.row());
        } else if (row instanceof PreferenceRow pair) {
            List<RowEncoder.Encoded> both = List.of(
                    answer(place, "preferred_output", line, pair.chosen(), maxLength, count),
                    answer(place, "non_preferred_output", line, pair.rejected(), maxLength, count));
            count.accepted(both);
            both.forEach(encoded -> sink.rows.accept(encoded.row()));
        } else if (row instanceof PromptRow prompt) {
            sink.prompts.accept(prompt(place, line, prompt, maxLength, count));
        }
    }

    private RowEncoder.Encoded answer(
            Place place, String output, long line, ChatRow row, int maxLength, TokenCount count)
            throws RowRejectedException {
        try {
            return encoder.encode(place, line, row, maxLength, count);
        } catch (RowRejectedException e) {
            throw e.at(place.key(output));
        }
    }

    private EncodedPrompt prompt(Place place, long line, PromptRow row, int maxLength, TokenCount count)
            throws RowRejectedException {
        RowEncoder.Prompt prompt;
        try {
            prompt = encoder.prompt(place, row.prompt(), row.prompt().messages().size());
        } catch (TemplateException e) {
            throw TemplateFault.rejection(place, e);
        }
        int length = prompt.tokens().length();
        count.length(line, length);
        if (length >= maxLength) {
            throw place.key("messages")
                    .reject(
                            RowFault.PROMPT_TOO_LONG,
                            "a prompt of fewer than %,d tokens, so that an answer has room".formatted(maxLength),
                            "%,d tokens".formatted(length),
                            "raise max_length or shorten the prompt");
        }
        count.acceptedPrompt(line, length, prompt.hasUnshownText());
        return new EncodedPrompt(line, prompt.tokens().ids(), row.item());
    }

    /** The token that the chat template writes after an assistant's message, or null if it writes none that is special. */
    public @Nullable Integer endOfTurn() {
        return encoder.endOfTurn();
    }

    /** Tokens after which an answer is complete: the ends of the model, which base models may have others of than their chat template, and that of the template. */
    public Set<Integer> endsOfTurn() {
        return encoder.endsOfTurn();
    }

    /** What the tokens of an answer read, special ones left out. */
    public String text(int[] ids) {
        return encoder.text(ids);
    }

    /**
     * Ids that ask for the last assistant message of a row: everything before it and the generation prompt. All of a row in which the user has the last word, or in which the
     * assistant says nothing.
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
        try {
            return encoder.prompt(place, row, before).tokens().ids();
        } catch (TemplateException e) {
            throw invalid(TemplateFault.rejection(place, e));
        } catch (RowRejectedException e) {
            throw invalid(e);
        }
    }

    private static DataException wrongFormat(long line, String expected, String found) {
        return new DataException(
                DataException.Code.DATASET_INVALID, "line %d: expected %s, found %s".formatted(line, expected, found));
    }

    private static DataException invalid(RowRejectedException e) {
        return new DataException(DataException.Code.DATASET_INVALID, e.problem().toString(), e);
    }

    /** Where the rows of a file go: conversations, and prompts. */
    private record Sink(Consumer<EncodedRow> rows, Consumer<EncodedPrompt> prompts) {}
}
