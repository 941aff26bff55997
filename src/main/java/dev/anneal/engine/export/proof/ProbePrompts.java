package dev.anneal.engine.export.proof;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.MessageRole;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The prompts on which a merged model is compared with base and adapter: fixed texts of several kinds, and some of the
 * job's rows.
 */
public final class ProbePrompts {

    private static final int MAX_TOKENS = 256;
    private static final int MAX_ROWS = 8;

    private static final List<String> FIXED = List.of(
            "Hello! What can you do for me?",
            "List the first ten prime numbers and explain how to find the next one.",
            "Write a short story about a lighthouse keeper who finds a letter in a bottle.",
            "def fibonacci(n):\n    \"\"\"Return the n-th Fibonacci number.\"\"\"\n",
            "Translate into French, German and Spanish: The train to the north leaves at nine.",
            "Turn this into JSON: name Ada Lovelace, born 1815, known for the first program.",
            "Summarize in one sentence: Water rises from the sea, cools, falls as rain and runs back to the sea.",
            "What is 17 * 23 + 4? Think step by step: 17 * 20 = 340, 17 * 3 = 51, …");

    private ProbePrompts() {}

    /**
     * Skips prompts that the chat template refuses, as the training did.
     *
     * @param file rows of which the first are added to the fixed prompts, or null
     * @throws DataException if it refuses them all
     */
    public static List<int[]> encode(ChatEncoder encoder, @Nullable Path file) throws IOException {
        List<ChatRow> rows = new ArrayList<>();
        FIXED.forEach(text -> rows.add(new ChatRow(List.of(ChatMessage.of(MessageRole.USER, text)), List.of())));
        if (file != null) {
            DatasetFile.first(file, MAX_ROWS).forEach(row -> rows.add(row.conversation()));
        }
        return accepted(encoder, rows);
    }

    private static List<int[]> accepted(ChatEncoder encoder, List<ChatRow> rows) {
        List<int[]> prompts = new ArrayList<>();
        @Nullable DataException refusal = null;
        for (ChatRow row : rows) {
            try {
                int[] ids = encoder.encodePrompt(row);
                prompts.add(Arrays.copyOf(ids, Math.min(ids.length, MAX_TOKENS)));
            } catch (DataException e) {
                if (e.code() != DataException.Code.DATASET_INVALID) {
                    throw e;
                }
                refusal = e;
            }
        }
        if (prompts.isEmpty() && refusal != null) {
            throw refusal;
        }
        return prompts;
    }
}
