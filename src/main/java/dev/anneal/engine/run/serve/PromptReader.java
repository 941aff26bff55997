package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.RowRejectedException;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.ServeRequest.Input;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Turns a request's prompt into tokens. Not thread-safe. */
final class PromptReader {

    private final ModelTokenizer tokenizer;
    private final ModelConfig config;
    private final @Nullable Integer begin;
    private @Nullable ChatEncoder encoder;
    private Instant encoderTime = Instant.MIN;

    /**
     * @param begin token that the tokenizer puts before every text; null if none
     */
    PromptReader(ModelTokenizer tokenizer, ModelConfig config, @Nullable Integer begin) {
        this.tokenizer = tokenizer;
        this.config = config;
        this.begin = begin;
    }

    /** The prompt's tokens and the model's end tokens. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Read(int[] tokens, Set<Integer> ends) {}

    /**
     * @param now current time for the chat template, used to the minute
     */
    Read read(Input input, Instant now) {
        if (input instanceof Input.Chat chat) {
            ChatEncoder chats = encoder(now.truncatedTo(ChronoUnit.MINUTES));
            return new Read(encode(chats, chat), chats.endsOfTurn());
        }
        if (input instanceof Input.Text text) {
            return new Read(begun(tokenizer.encode(text.text())), tokenizer.endIds());
        }
        return new Read(checked(((Input.Tokens) input).ids()), tokenizer.endIds());
    }

    private static int[] encode(ChatEncoder encoder, Input.Chat chat) {
        try {
            return encoder.encodeChat(ChatRow.parse(chat.json()));
        } catch (RowRejectedException e) {
            throw new RequestException("invalid_value", e.problem().toString());
        } catch (DataException e) {
            if (e.code() == DataException.Code.DATASET_INVALID) {
                throw new RequestException("invalid_value", String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    /** Encoder for a minute: a template is compiled with its time. */
    private ChatEncoder encoder(Instant minute) {
        ChatEncoder known = encoder;
        if (known != null && encoderTime.equals(minute)) {
            return known;
        }
        ChatEncoder made = ChatEncoder.of(tokenizer, minute);
        encoder = made;
        encoderTime = minute;
        return made;
    }

    private int[] begun(int[] ids) {
        Integer first = begin;
        if (first == null || (ids.length > 0 && ids[0] == first)) {
            return ids;
        }
        return IntStream.concat(IntStream.of(first), Arrays.stream(ids)).toArray();
    }

    private int[] checked(List<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= config.vocabularySize()) {
                throw new RequestException(
                        "invalid_value",
                        "the prompt holds the token %d; this model's tokens are 0 to %d"
                                .formatted(id, config.vocabularySize() - 1));
            }
        }
        return ids.stream().mapToInt(Integer::intValue).toArray();
    }
}
