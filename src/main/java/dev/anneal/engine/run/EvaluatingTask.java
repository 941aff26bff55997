package dev.anneal.engine.run;

import dev.anneal.engine.data.ChatEncoder;
import dev.anneal.engine.generate.Decoder;
import dev.anneal.engine.lora.Adapter;
import dev.anneal.engine.lora.AdapterConfig;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.rows.ChatMessage;
import dev.anneal.engine.rows.ChatRow;
import dev.anneal.engine.rows.DatasetFile;
import dev.anneal.engine.rows.Role;
import dev.anneal.engine.tokens.ModelTokenizer;
import dev.anneal.engine.train.Checkpoint;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Answers the prompts of a file and counts the answers that equal what the file says, white space at both ends left out. */
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
            ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
            List<int[]> prompts = new ArrayList<>();
            List<Question> questions = new ArrayList<>();
            DatasetFile.forEach(Path.of(task.testFile()), (line, row) -> {
                prompts.add(encoder.encodePrompt(line, row.conversation()));
                questions.add(Question.of(row.conversation()));
            });
            List<String> answers = answer(prompts, tokenizer).stream()
                    .map(ids -> tokenizer.decode(ids, true).strip())
                    .toList();
            progress.write(evaluated(questions, answers));
            return ExitCode.DONE;
        }
    }

    private List<int[]> answer(List<int[]> prompts, ModelTokenizer tokenizer) throws IOException {
        @Nullable String folder = task.checkpointDirectory();
        if (folder == null) {
            return answerAsIs(prompts, tokenizer, base.directory());
        }
        Checkpoint trained = Checkpoint.open(Path.of(folder));
        base.requireTrainedOn(trained.state());
        @Nullable AdapterConfig config = trained.state().adapterConfig();
        if (config == null) {
            return answerAsIs(prompts, tokenizer, trained.folder());
        }
        try (DecoderModel model = base.load(base.directory());
                Adapter adapter = Adapter.load(model, config, trained.adapterFile())) {
            AppliedAdapter applied = adapter.apply(trained.state().beta(), AdapterDropout.NONE);
            return answer(prompts, tokenizer, model, applied);
        }
    }

    /** With weights as they lie in a folder, and no adapter. */
    private List<int[]> answerAsIs(List<int[]> prompts, ModelTokenizer tokenizer, Path weights) throws IOException {
        try (DecoderModel model = base.load(weights)) {
            return answer(prompts, tokenizer, model, model.noAdapter());
        }
    }

    private List<int[]> answer(
            List<int[]> prompts, ModelTokenizer tokenizer, DecoderModel model, AppliedAdapter adapter) {
        Decoder decoder =
                new Decoder(model, adapter, tokenizer.endIds(), task.machine().computeThreads());
        return decoder.answerGreedily(prompts, task.maxNewTokens(), pulse);
    }

    private Progress.Evaluated evaluated(List<Question> questions, List<String> answers) {
        int exact = 0;
        List<Progress.Evaluated.Sample> samples = new ArrayList<>();
        for (int i = 0; i < questions.size(); i++) {
            Question question = questions.get(i);
            exact += question.expected().equals(answers.get(i)) ? 1 : 0;
            if (i < task.sampleRows()) {
                samples.add(new Progress.Evaluated.Sample(question.prompt(), question.expected(), answers.get(i)));
            }
        }
        return new Progress.Evaluated(questions.size(), exact, samples);
    }

    /** What a row asks, in its last user message, and what its last assistant message answers. */
    private record Question(String prompt, String expected) {

        static Question of(ChatRow row) {
            int answer = row.lastAssistant();
            String prompt = "";
            for (ChatMessage message : row.messages().subList(0, Math.max(0, answer))) {
                prompt = message.role() == Role.USER ? text(message) : prompt;
            }
            return new Question(
                    prompt, answer < 0 ? "" : text(row.messages().get(answer)).strip());
        }

        private static String text(ChatMessage message) {
            return Objects.requireNonNullElse(message.content(), "");
        }
    }
}
