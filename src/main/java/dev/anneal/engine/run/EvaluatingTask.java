package dev.anneal.engine.run;

import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.run.evaluate.Evaluator;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Evaluates a base model, a base model with an adapter at its checkpoint's beta, or the weights of an export or checkpoint. */
final class EvaluatingTask {

    private final EvaluateTask task;
    private final BaseModelFiles base;
    private final Channel channel;
    private final Pulse pulse;

    EvaluatingTask(EvaluateTask task, Channel channel) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.channel = channel;
        this.pulse = channel.pulse();
    }

    void run() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            channel.progress().write(evaluate(Evaluator.of(task, tokenizer, channel.help())));
        }
    }

    private Progress.Evaluated evaluate(Evaluator evaluator) throws IOException {
        @Nullable String folder = task.checkpointDirectory();
        if (folder == null) {
            return evaluateAsIs(evaluator, base.directory());
        }
        Checkpoint trained = Checkpoint.open(Path.of(folder));
        base.requireTrainedOn(trained.state());
        @Nullable AdapterConfig config = trained.state().adapterConfig();
        if (config == null) {
            return evaluateAsIs(evaluator, trained.folder());
        }
        try (DecoderModel model = base.load();
                Adapter adapter = Adapter.load(model, config, trained.adapterFile())) {
            return evaluator.evaluate(model, adapter.apply(trained.state().beta(), AdapterDropout.NONE), pulse);
        }
    }

    /** Evaluates the weights of a folder, without an adapter. */
    private Progress.Evaluated evaluateAsIs(Evaluator evaluator, Path weights) throws IOException {
        try (DecoderModel model = base.load(weights)) {
            return evaluator.evaluate(model, model.noAdapter(), pulse);
        }
    }
}
