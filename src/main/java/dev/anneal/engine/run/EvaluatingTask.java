package dev.anneal.engine.run;

import dev.anneal.engine.grade.Outside;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.AdapterDropout;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.run.evaluate.Evaluator;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/** Evaluates the model of a task: the base as it is, with an adapter at its checkpoint's beta, or with the weights of an export or checkpoint. */
final class EvaluatingTask {

    private final EvaluateTask task;
    private final BaseModelFiles base;
    private final ProgressWriter progress;
    private final Pulse pulse;
    private final BlockingQueue<String> replies;

    /** @param replies lines of standard input that answer what graders ask */
    EvaluatingTask(EvaluateTask task, ProgressWriter progress, Signals signals, BlockingQueue<String> replies) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.progress = progress;
        this.pulse = new Pulse(signals, progress::write, Pulse.INTERVAL);
        this.replies = replies;
    }

    ExitCode run() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            Outside outside = new SupervisorHelp(progress::write, replies, pulse, SupervisorHelp.PATIENCE);
            progress.write(evaluate(Evaluator.of(task, tokenizer, outside)));
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
