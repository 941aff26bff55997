package dev.anneal.engine.run.evaluate;

import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.rows.ChatRow;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.rollout.SampleExcerpt;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Counts greedy answers that equal the file's, apart from white space at both ends. */
final class ExactMatchEvaluator implements Evaluator {

    private final EvaluateTask task;
    private final Detokenizer wording;
    private final List<int[]> prompts;
    private final List<Question> questions;

    private ExactMatchEvaluator(EvaluateTask task, Detokenizer wording, List<int[]> prompts, List<Question> questions) {
        this.task = task;
        this.wording = wording;
        this.prompts = prompts;
        this.questions = questions;
    }

    static Evaluator read(EvaluateTask task, ChatEncoder encoder) throws IOException {
        List<int[]> prompts = new ArrayList<>();
        List<Question> questions = new ArrayList<>();
        DatasetFile.forEach(Path.of(task.testFile()), (line, row) -> {
            prompts.add(encoder.encodePrompt(line, row.conversation()));
            questions.add(Question.of(row.conversation()));
        });
        return new ExactMatchEvaluator(task, Detokenizer.of(encoder), prompts, questions);
    }

    @Override
    public Progress.Evaluated evaluate(DecoderModel model, AppliedAdapter adapter, Runnable betweenTokens) {
        BatchWidth breadth = new BatchWidth(task.machine().computeThreads());
        Decoder decoder = new Decoder(new IncrementalDecoder(model), adapter, wording.ends(), breadth);
        List<String> answers = decoder.answerGreedily(prompts, task.maxNewTokens(), betweenTokens).stream()
                .map(ids -> wording.text().apply(ids).strip())
                .toList();
        int exact = 0;
        List<Progress.Evaluated.Sample> samples = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            exact += question.expected().equals(answers.get(i)) ? 1 : 0;
            if (i < task.sampleRows()) {
                samples.add(new Progress.Evaluated.Sample(
                        SampleExcerpt.end(question.prompt()),
                        SampleExcerpt.begin(question.expected()),
                        SampleExcerpt.begin(answers.get(i)),
                        null,
                        List.of()));
            }
        }
        return new Progress.Evaluated(questions.size(), exact, Map.of(), samples);
    }

    /** A row's prompt and its last assistant message. */
    private record Question(String prompt, String expected) {

        static Question of(ChatRow row) {
            int answer = row.lastAssistant();
            return new Question(
                    LastQuestion.in(row.messages().subList(0, Math.max(0, answer))),
                    answer < 0
                            ? ""
                            : LastQuestion.text(row.messages().get(answer)).strip());
        }
    }
}
