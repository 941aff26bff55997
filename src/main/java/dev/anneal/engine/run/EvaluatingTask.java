package dev.anneal.engine.run;

import dev.anneal.engine.evaluate.Evaluator;
import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.tokens.ModelTokenizer;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Evaluates the model of a task: the base as it is, with an adapter at its checkpoint's beta, or with the weights of an export or checkpoint. */
final class EvaluatingTask {

    private final EvaluateTask task;
    private final BaseModelFiles base;
    private final ProgressWriter progress;
    private final Pulse pulse;

    EvaluatingTask(EvaluateTask task, ProgressWriter progress, Signals signals) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.progress = progress;
        this.pulse = new Pulse(signals, progress::write, Pulse.INTERVAL);
    }

    ExitCode run() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            progress.write(evaluate(Evaluator.of(task, tokenizer)));
            return ExitCode.DONE;
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
        try (DecoderModel model = base.load(base.directory());
                Adapter adapter = Adapter.load(model, config, trained.adapterFile())) {
            return evaluator.evaluate(model, adapter.apply(trained.state().beta(), AdapterDropout.NONE), pulse);
        }
    }

    /** With weights as they lie in a folder, and no adapter. */
    private Progress.Evaluated evaluateAsIs(Evaluator evaluator, Path weights) throws IOException {
        try (DecoderModel model = base.load(weights)) {
            return evaluator.evaluate(model, model.noAdapter(), pulse);
        }
    }
}
