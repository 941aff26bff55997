package dev.anneal.fuzz;

import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.ChatMessage;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.MessageRole;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A tokenizer is refused, or it encodes texts and conversations and decodes what it has encoded. */
final class TokenizerBody implements FuzzBody {

    private static final ChatRow ROW = new ChatRow(
            List.of(ChatMessage.of(MessageRole.USER, "a <|im_end|> 1"), ChatMessage.of(MessageRole.ASSISTANT, "b")),
            List.of());

    private final Path folder;

    TokenizerBody(Path scratch) {
        folder = scratch;
    }

    @Override
    public void read(byte[] input) throws IOException {
        Parts.write(folder, input, TokenizerFilesBody.NAMES);
        try (ModelTokenizer tokenizer = ModelTokenizer.open(folder)) {
            int[] ids = tokenizer.encode(" Straße \ud83d\ude00 <|im_end|> 12\n");
            tokenizer.decode(ids, false);
            tokenizer.decode(ids, true);
            ChatEncoder.of(tokenizer, Instant.EPOCH).encodePrompt(ROW);
        } catch (DataException refused) {
            if (refused.code() != DataException.Code.DATASET_INVALID) {
                TokenizerFilesBody.requireUnreadable(refused);
            }
        }
    }
}
