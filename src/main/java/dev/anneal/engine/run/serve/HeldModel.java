package dev.anneal.engine.run.serve;

import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.generate.OpenDecoder;
import dev.anneal.engine.network.generate.Turns;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.text.tokens.Vocabulary;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A base model in memory with its loaded adapters. Used by one thread; its decoder has its own. */
final class HeldModel implements AutoCloseable {

    private final DecoderModel model;
    private final IncrementalDecoder incremental;
    private final ModelTokenizer tokenizer;
    private final PromptReader prompts;
    private final OpenDecoder.Limits limits;
    private final OpenDecoder decoder;
    private final Map<String, HeldAdapter> adapters = new LinkedHashMap<>();
    private volatile long lastUsedNanos = System.nanoTime();

    private HeldModel(
            Task.BaseModel base, DecoderModel model, ModelTokenizer tokenizer, ServeTask.Limits limits, Turns turns) {
        this.model = model;
        this.incremental = new IncrementalDecoder(model);
        this.tokenizer = tokenizer;
        this.prompts = new PromptReader(tokenizer, model.config(), begin(base, tokenizer));
        this.limits = new OpenDecoder.Limits(
                limits.slots(),
                Math.min(limits.maxTokens(), model.config().maxPositions()),
                limits.prefixBytes() / limits.models());
        this.decoder = new OpenDecoder(incremental, this.limits, turns, "decoder-" + base.id());
    }

    static HeldModel load(Task.BaseModel base, Path weights, Server.Host host, ServeTask.Limits limits, Turns turns)
            throws IOException {
        DecoderModel model = host.load(base, weights);
        try {
            return new HeldModel(base, model, ModelTokenizer.open(Path.of(base.directory())), limits, turns);
        } catch (RuntimeException | Error e) {
            model.close();
            throw e;
        }
    }

    private static @Nullable Integer begin(Task.BaseModel base, ModelTokenizer tokenizer) {
        boolean begins = Vocabulary.read(Path.of(base.directory())).addsBegin();
        return begins ? tokenizer.beginOfSequenceId() : null;
    }

    ModelTokenizer tokenizer() {
        return tokenizer;
    }

    PromptReader prompts() {
        return prompts;
    }

    /**
     * Maximum number of tokens of an answer.
     *
     * @param asked limit of the request; null for the rest of the context
     * @throws RequestException {@code context_length_exceeded} if prompt and answer do not fit into the context
     */
    int newTokens(int promptTokens, @Nullable Integer asked) {
        long needed = promptTokens + (long) (asked == null ? 1 : asked);
        if (needed > limits.context()) {
            throw new RequestException(
                    "context_length_exceeded",
                    ("this model's context holds %,d tokens here, but the request needs %,d: %,d of the prompt"
                                    + " and %s of the answer. Shorten the prompt or lower max_tokens")
                            .formatted(
                                    limits.context(),
                                    needed,
                                    promptTokens,
                                    asked == null ? "at least one" : "%,d".formatted(asked)));
        }
        if (promptTokens == 0) {
            throw new RequestException("invalid_value", "the prompt has no tokens; give at least one");
        }
        return asked == null ? limits.context() - promptTokens : asked;
    }

    /** Decoder for the model with any of its adapters. */
    OpenDecoder decoder() {
        return decoder;
    }

    Map<String, HeldAdapter> adapters() {
        return adapters;
    }

    /**
     * The model without an adapter.
     *
     * @param trained checkpoint that holds all its weights; null for a base model
     */
    HeldAdapter alone(String key, @Nullable CheckpointFolder trained) {
        return adapters.computeIfAbsent(key, absent -> held(model.noAdapter(), trained, null));
    }

    /** The model with a checkpoint's adapter at the checkpoint's beta. */
    HeldAdapter adapted(String key, CheckpointFolder trained) throws IOException {
        AdapterConfig config = Objects.requireNonNull(
                trained.state().adapterConfig(model.config().projections()));
        Adapter adapter = Adapter.load(model, config, trained.adapterFile());
        HeldAdapter held;
        try {
            held = held(adapter, trained);
        } catch (RuntimeException | Error e) {
            adapter.close();
            throw e;
        }
        adapters.put(key, held);
        return held;
    }

    /** Takes over the adapter, of which the copy that decodes is enough if there is one. */
    private HeldAdapter held(Adapter adapter, CheckpointFolder trained) {
        AppliedAdapter applied = adapter.apply(trained.state().beta(), AdapterDropout.NONE);
        if (!incremental.copies(applied)) {
            return held(applied, trained, adapter::close);
        }
        TensorScope copies = incremental.scope().child();
        try {
            HeldAdapter held = held(incremental.packed(copies, applied), trained, copies::close);
            adapter.close();
            return held;
        } catch (RuntimeException | Error e) {
            copies.close();
            throw e;
        }
    }

    private HeldAdapter held(AppliedAdapter applied, @Nullable CheckpointFolder trained, @Nullable Runnable closing) {
        String target = trained == null ? null : trained.state().targetFingerprint();
        return new HeldAdapter(applied, new DraftModel(incremental, applied), target, closing);
    }

    /** A draft head of this model, with its adapter at the checkpoint's beta if it has one. */
    HeldAdapter head(String key, CheckpointFolder trained) throws IOException {
        LoadedHead head = LoadedHead.of(model, trained);
        HeldAdapter held =
                new HeldAdapter(model.noAdapter(), head.draft(), trained.state().targetFingerprint(), head::close);
        adapters.put(key, held);
        return held;
    }

    int adapterCount() {
        return (int) adapters.values().stream().filter(HeldAdapter::isAdapter).count();
    }

    boolean isInUse() {
        return adapters.values().stream().anyMatch(HeldAdapter::isInUse);
    }

    /** When the last request ended, with any adapter or none. */
    long lastUsedNanos() {
        return lastUsedNanos;
    }

    /** Removes adapters, which must not be in use, and gives them to {@code closing}. */
    void release(Predicate<HeldAdapter> which, Consumer<HeldAdapter> closing) {
        adapters.values().removeIf(adapter -> {
            boolean goes = which.test(adapter);
            if (goes) {
                closing.accept(adapter);
            }
            return goes;
        });
    }

    int vocabularySize() {
        return model.config().vocabularySize();
    }

    void requestEnds() {
        lastUsedNanos = System.nanoTime();
    }

    @Nullable
    HeldAdapter held(String key) {
        return adapters.get(key);
    }

    /** Ends its decoder. */
    void stop() {
        decoder.close();
    }

    @Override
    public void close() {
        stop();
        adapters.values().forEach(HeldAdapter::close);
        incremental.close();
        tokenizer.close();
        model.close();
    }
}
