package dev.anneal.fuzz;

import dev.anneal.protocol.WireName;
import java.io.IOException;
import java.nio.file.Path;

/** The parsers that are fuzzed. The seeds of each lie in {@code src/test/resources/fuzz/<name>}. */
enum FuzzTarget implements WireName {
    /** The reader of safetensors files. */
    SAFETENSORS,
    /** The index of sharded weights, held against two shards. */
    SHARD_INDEX,
    /** config.json, held against the weights of a model. */
    MODEL_CONFIG,
    /** tokenizer.json and the files beside it, as the service reads them: without native code. */
    TOKENIZER_FILES,
    /** The same files with what the native library makes of them. */
    TOKENIZER,
    /** The same files as the head of a GGUF file. */
    GGUF_TOKENIZER,
    /** Adapter files. */
    ADAPTER,
    /** Archives of adapters that PEFT saved. */
    PEFT_ADAPTER,
    /** Chat rows from bytes to tokens. */
    CHAT_ROWS,
    /** Chat templates. */
    CHAT_TEMPLATE;

    /** As in folders and on the command line: {@code chat-rows}. */
    @Override
    public String wireName() {
        return WireName.super.wireName().replace('_', '-');
    }

    static FuzzTarget named(String name) {
        return WireName.find(FuzzTarget.class, name)
                .orElseThrow(() -> new IllegalArgumentException("there is no fuzz target '" + name + "'"));
    }

    /**
     * What reads the inputs, each held to {@link Effort}.
     *
     * @param scratch an empty folder of its own
     */
    FuzzBody body(Path scratch) throws IOException {
        FuzzBody body = switch (this) {
            case SAFETENSORS -> new SafetensorsBody(scratch);
            case SHARD_INDEX -> new ShardIndexBody(scratch);
            case MODEL_CONFIG -> new ModelConfigBody(scratch);
            case TOKENIZER_FILES -> new TokenizerFilesBody(scratch);
            case TOKENIZER -> new TokenizerBody(scratch);
            case GGUF_TOKENIZER -> new GgufTokenizerBody(scratch);
            case ADAPTER -> new AdapterBody(scratch);
            case PEFT_ADAPTER -> new PeftAdapterBody(scratch);
            case CHAT_ROWS -> new ChatRowsBody(scratch);
            case CHAT_TEMPLATE -> new ChatTemplateBody();
        };
        // A rendering's memory is bounded at any time, not its garbage: two renderings of five million steps with some
        // hundred bytes each.
        long base = this == CHAT_TEMPLATE ? 8L << 30 : 64L << 20;
        return input -> Effort.bounded(input, base, body);
    }
}
