package dev.anneal.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.export.llamacpp.TokenizerKeys;
import dev.anneal.engine.format.gguf.GgufContents;
import dev.anneal.engine.format.gguf.GgufWriter;
import dev.anneal.engine.format.gguf.Metadata;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.tokens.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The files of a tokenizer are refused, or they become the head of a GGUF file with as many different tokens as there
 * are ids.
 */
final class GgufTokenizerBody implements FuzzBody {

    /** An export has as many ids as its embedding has rows; here nothing but the highest id says how many. */
    private static final int MOST_IDS = 10_000;

    private final Path folder;

    GgufTokenizerBody(Path scratch) {
        folder = scratch;
    }

    @Override
    public void read(byte[] input) throws IOException {
        Parts.write(folder, input, TokenizerFilesBody.NAMES);
        try {
            write(Vocabulary.read(folder));
        } catch (DataException refused) {
            TokenizerFilesBody.requireUnreadable(refused);
        }
    }

    private void write(Vocabulary vocabulary) throws IOException {
        int size = vocabulary.tokens().keySet().stream()
                .mapToInt(id -> id + 1)
                .max()
                .orElse(0);
        TokenizerKeys keys = new TokenizerKeys(vocabulary, size, null);
        if (size < 0 || size > MOST_IDS || keys.obstacle().isPresent()) {
            return;
        }
        Metadata metadata = new Metadata();
        keys.put(metadata);
        Path file = folder.resolve("head.gguf");
        Files.deleteIfExists(file);
        GgufWriter.write(file, metadata, List.of());
        assertThat(GgufContents.read(file).list("tokenizer.ggml.tokens")).hasSize(size);
    }
}
