package dev.anneal.engine.run;

import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.EncodedDataset;
import dev.anneal.engine.text.data.EncodedPrompts;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.TrainingData;
import dev.anneal.engine.train.rollout.Grading;
import dev.anneal.engine.train.rollout.Wording;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads and encodes the files of a training as its method wants them. */
final class TrainingInput {

    private final TrainTask task;
    private final int maxPositions;
    private final ProgressWriter progress;
    private final SupervisorHelp help;

    /**
     * @param maxPositions of the model's context
     * @param help asks for graders
     */
    TrainingInput(TrainTask task, int maxPositions, ProgressWriter progress, SupervisorHelp help) {
        this.task = task;
        this.maxPositions = maxPositions;
        this.progress = progress;
        this.help = help;
    }

    /** @param tokenizer stays open as long as the data is used */
    TrainingData read(ModelTokenizer tokenizer) throws IOException {
        ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
        TrainingMethod method = task.settings().method();
        if (method instanceof TrainingMethod.Reinforcement reinforcement) {
            return prompts(reinforcement, encoder);
        }
        List<EncodedRow> training = rows(encoder, "training", task.trainingFile());
        @Nullable String file = task.validationFile();
        List<EncodedRow> validation = file == null ? List.of() : rows(encoder, "validation", file);
        requireRows(training);
        return method instanceof TrainingMethod.Dpo
                ? new TrainingData.Pairs(training, validation)
                : new TrainingData.Rows(training, validation);
    }

    private TrainingData prompts(TrainingMethod.Reinforcement method, ChatEncoder encoder) throws IOException {
        EncodedPrompts training = prompts(encoder, "training", task.trainingFile());
        @Nullable String file = task.validationFile();
        requireRows(training.prompts());
        Grader grader = Graders.parse(method.grader(), "method.reinforcement.grader");
        return new TrainingData.Prompts(
                training.prompts(),
                file == null ? List.of() : prompts(encoder, "validation", file).prompts(),
                Wording.of(encoder),
                new Grading(grader, help.outside()),
                method.rollouts().groupSize(),
                method.rollouts().maxCompletionTokens());
    }

    private static void requireRows(List<?> training) {
        if (training.isEmpty()) {
            throw TaskException.badInput(
                    "dataset_invalid", "no row of the training file can be trained by this model", null);
        }
    }

    private List<EncodedRow> rows(ChatEncoder encoder, String name, String file) throws IOException {
        EncodedDataset encoded = encoder.encode(Path.of(file), longest());
        warn(name, encoded.report(), "lose their end");
        return encoded.rows();
    }

    private EncodedPrompts prompts(ChatEncoder encoder, String name, String file) throws IOException {
        EncodedPrompts encoded = encoder.encodePrompts(Path.of(file), longest());
        warn(name, encoded.report(), "leave no room for an answer");
        return encoded;
    }

    private int longest() {
        return Math.min(task.settings().maxLengthTokens(), maxPositions);
    }

    private void warn(String name, TokenReport report, String consequence) {
        if (report.truncatedRows() > 0) {
            progress.write(new Progress.Warning("%d rows of the %s file are longer than %d tokens and %s"
                    .formatted(report.truncatedRows(), name, longest(), consequence)));
        }
        if (!report.dropped().isEmpty()) {
            progress.write(new Progress.Warning(
                    "rows of the %s file that cannot be trained were left out: %s".formatted(name, report.dropped())));
        }
    }
}
