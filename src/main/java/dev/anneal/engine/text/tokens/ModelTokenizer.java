package dev.anneal.engine.text.tokens;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.huggingface.tokenizers.jni.CharSpan;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.fault.Excerpt;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer of a model directory, with ids identical to those of transformers. It needs tokenizer.json;
 * tokenizer_config.json, special_tokens_map.json, generation_config.json, config.json and chat_template.jinja are read
 * if they exist. Thread-safe; holds native memory until it is closed.
 */
public final class ModelTokenizer implements AutoCloseable {

    /** Disables the library's truncation and padding. */
    private static final Map<String, String> LIBRARY_OPTIONS =
            Map.of("truncation", "do_not_truncate", "padding", "do_not_pad", "addSpecialTokens", "false");

    private final HuggingFaceTokenizer tokenizer;
    private final Sealer sealer;
    private final SpecialTokens special;
    private final ModelFiles files;
    private final Map<String, Integer> specialIds;
    private final Set<Integer> endIds;
    private final VocabularyBounds bounds;

    private ModelTokenizer(
            HuggingFaceTokenizer tokenizer,
            Sealer sealer,
            SpecialTokens special,
            ModelFiles files,
            Map<String, Integer> specialIds) {
        this.tokenizer = tokenizer;
        this.sealer = sealer;
        this.special = special;
        this.files = files;
        this.specialIds = specialIds;
        this.bounds = new VocabularyBounds(files, special.vocabularySize());
        this.endIds = new LinkedHashSet<>(special.endIds());
        Integer eos = id("eos_token");
        if (eos != null) {
            endIds.add(eos);
        }
    }

    /**
     * Reads the tokenizer of a Hugging Face model directory.
     *
     * @throws DataException with code {@code base_model_unreadable} if files are missing, too large or broken, or if a
     *     token has no row in the embedding
     */
    public static ModelTokenizer open(Path modelDirectory) {
        // Prevents DJL from reporting its start to its server.
        System.setProperty("OPT_OUT_TRACKING", "true");
        ModelFiles files = new ModelFiles(modelDirectory);
        SpecialTokens special = SpecialTokens.read(files);
        TokenizerFile file = TokenizerFile.read(files, special, false);
        Sealer sealer = new Sealer(file.addedTokens());
        HuggingFaceTokenizer tokenizer = load(files, file, sealer.names());
        return new ModelTokenizer(tokenizer, sealer, special, files, file.specialIds());
    }

    /**
     * Reads the files of a tokenizer as {@link #open} does, without native code.
     *
     * @return hash of the tokens with their ids
     * @throws DataException with code {@code base_model_unreadable} if they are missing, too large or broken, or if a
     *     token has no row in the embedding
     */
    public static String check(Path modelDirectory) {
        ModelFiles files = new ModelFiles(modelDirectory);
        return TokenizerFile.read(files, SpecialTokens.read(files), false).tokensHash();
    }

    private static HuggingFaceTokenizer load(ModelFiles files, TokenizerFile file, Map<String, String> names) {
        try {
            // The library may refuse content that our own parsing has skipped.
            byte[] json = file.renamed(names);
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), LIBRARY_OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw unusable(files, "is not a tokenizer", e);
        }
    }

    /** The library throws plain RuntimeExceptions for all failures. */
    private static DataException unusable(ModelFiles files, String problem, Exception e) {
        String reason = e.getMessage() == null ? "" : e.getMessage();
        return files.unreadable(TokenizerFile.NAME, problem + ": " + Excerpt.shorten(reason), e);
    }

    /** Ids of a text in which special tokens are recognised; adds no tokens. */
    public int[] encode(String text) {
        return ids(encoding(sealer.seal(text, ControlTokens.NO_MARK).text()));
    }

    /**
     * Ids of a text with the ranges that they cover. Special tokens broken by the mark are text; the mark is removed.
     */
    public EncodedText encodeMarked(String text, int mark) {
        Sealer.Sealed sealed = sealer.seal(text, mark);
        Encoding encoding = encoding(sealed.text());
        CharSpan[] spans = encoding.getCharTokenSpans();
        int[] starts = new int[spans.length];
        int[] ends = new int[spans.length];
        for (int i = 0; i < spans.length; i++) {
            starts[i] = sealed.sources()[spans[i].getStart()];
            ends[i] = sealed.sources()[spans[i].getEnd()];
        }
        return new EncodedText(ids(encoding), starts, ends);
    }

    private Encoding encoding(String text) {
        try {
            return tokenizer.encode(text, false, false);
        } catch (RuntimeException e) {
            throw unusable(files, "cannot make tokens of a text", e);
        }
    }

    private int[] ids(Encoding encoding) {
        return bounds.checked(
                Arrays.stream(encoding.getIds()).mapToInt(Math::toIntExact).toArray());
    }

    /** The text of ids; invalid UTF-8 becomes U+FFFD. */
    public String decode(int[] ids, boolean skipSpecialTokens) {
        if (ids.length == 0) {
            return "";
        }
        try {
            return sealer.unseal(
                    tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), skipSpecialTokens));
        } catch (RuntimeException e) {
            throw unusable(files, "cannot make a text of tokens", e);
        }
    }

    /** Ids that end a generation: the end-of-sequence token and those of generation_config.json. */
    public Set<Integer> endIds() {
        return Set.copyOf(endIds);
    }

    /** The beginning-of-sequence token, or null. Templates write it; encoding adds none. */
    public @Nullable Integer beginOfSequenceId() {
        return id("bos_token");
    }

    private @Nullable Integer id(String name) {
        String text = special.named().get(name);
        return text == null ? null : specialIds.get(text);
    }

    /** Special tokens by their names in templates. */
    public Map<String, String> namedTokens() {
        return special.named();
    }

    /** Finds added tokens in texts. */
    public ControlTokens controlTokens() {
        return sealer.tokens();
    }

    /**
     * Reads and compiles the model's chat templates. Done on request, because a model without any can still tokenize.
     */
    public ChatTemplates readTemplates(Instant now) {
        return ChatTemplates.read(files, now);
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
