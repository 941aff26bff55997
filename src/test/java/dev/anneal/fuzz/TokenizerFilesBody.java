package dev.anneal.fuzz;

import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.Assertions;

/** The files of a tokenizer are refused or accepted. */
final class TokenizerFilesBody implements FuzzBody {

    /** In the order of an input's parts. */
    static final List<String> NAMES = List.of(
            "tokenizer.json",
            "tokenizer_config.json",
            "config.json",
            "generation_config.json",
            "special_tokens_map.json",
            "chat_template.jinja");

    private final Path folder;

    TokenizerFilesBody(Path scratch) {
        folder = scratch;
    }

    @Override
    public void read(byte[] input) throws IOException {
        Parts.write(folder, input, NAMES);
        try {
            ModelTokenizer.check(folder);
        } catch (DataException refused) {
            requireUnreadable(refused);
        }
    }

    static void requireUnreadable(DataException refused) {
        Assertions.assertThat(refused.code()).isEqualTo(DataException.Code.BASE_MODEL_UNREADABLE);
        Assertions.assertThat(String.valueOf(refused.getMessage())).hasSizeLessThan(2_000);
    }
}
