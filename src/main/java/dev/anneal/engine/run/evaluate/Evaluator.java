package dev.anneal.engine.run.evaluate;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;

/** Has a model answer the questions of a file and judges its answers. The questions are held in memory as tokens. */
public interface Evaluator {

    /**
     * Reads the task's file.
     *
     * @param tokenizer must stay open while the evaluator is used
     * @param outside models and endpoints for graders
     */
    static Evaluator of(EvaluateTask task, ModelTokenizer tokenizer, ExternalGraders outside) throws IOException {
        ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
        EvaluateTask.Grading grading = task.grading();
        return grading == null
                ? ExactMatchEvaluator.read(task, encoder)
                : RewardEvaluator.read(task, grading, encoder, outside);
    }

    /**
     * @param adapter adapter applied to the model, at its own beta
     * @param betweenTokens called by each decoding thread before each token and each prefill; an exception of it ends
     *     the evaluation and is rethrown
     */
    Progress.Evaluated evaluate(DecoderModel model, AppliedAdapter adapter, Runnable betweenTokens);
}
