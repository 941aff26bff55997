package dev.anneal.engine.run;

import dev.anneal.engine.run.evaluate.Evaluator;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;

/**
 * Evaluates a base model, a base model with an adapter at its checkpoint's beta, or the weights of an export or
 * checkpoint.
 */
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
            channel.progress().write(evaluate(Evaluator.of(task, tokenizer, channel.graders())));
        }
    }

    private Progress.Evaluated evaluate(Evaluator evaluator) throws IOException {
        try (LoadedModel loaded = LoadedModel.open(base, task.checkpointDirectory())) {
            return evaluator.evaluate(loaded.model(), loaded.adapter(), pulse);
        }
    }
}
