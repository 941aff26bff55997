package dev.anneal.engine.run.evaluate;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;

/** Asks a model the questions of a file and judges its answers. The questions are in memory as tokens. */
public interface Evaluator {

    /**
     * Reads the task's file.
     *
     * @param tokenizer stays open as long as the evaluator is used
     * @param outside what graders may ask
     */
    static Evaluator of(EvaluateTask task, ModelTokenizer tokenizer, ExternalGraders outside) throws IOException {
        ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
        EvaluateTask.Grading grading = task.grading();
        return grading == null
                ? ExactMatchEvaluator.read(task, encoder)
                : RewardEvaluator.read(task, grading, encoder, outside);
    }

    /**
     * @param adapter what is added to the model, at its own beta
     * @param betweenTokens called by each thread that decodes before each token and each reading of prompts; what it throws ends the work and comes out here
     */
    Progress.Evaluated evaluate(DecoderModel model, AppliedAdapter adapter, Runnable betweenTokens);
}
