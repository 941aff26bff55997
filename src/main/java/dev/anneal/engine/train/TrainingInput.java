package dev.anneal.engine.train;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.EncodedDataset;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.TokenReport;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.rollout.Grading;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads and encodes the files of a training for its method.
 *
 * @param encoder encoder of the model; its tokenizer must stay open while the data is used
 * @param maxPositions length of the model's context
 * @param outside models and endpoints for graders
 */
public record TrainingInput(
        TrainTask task, ChatEncoder encoder, int maxPositions, Consumer<Progress> progress, ExternalGraders outside) {

    /** @throws DataException if no row of the training file can be trained */
    public TrainingData read() throws IOException {
        TrainingMethod method = task.settings().method();
        return TrainingProcedure.of(method).data().read(method, this);
    }

    /** @param data of training and validation rows */
    <D> D rows(BiFunction<List<EncodedRow>, List<EncodedRow>, D> data) throws IOException {
        return read(encoder::encode, "lose their end", data);
    }

    /** Rows of a method that has a model write answers. */
    TrainingData.Rows conversations() throws IOException {
        return rows((training, validation) -> new TrainingData.Rows(training, validation, 1, encoder.endsOfTurn()));
    }

    TrainingData.Prompts prompts(TrainingMethod.Reinforcement method) throws IOException {
        Grading grading = new Grading(Graders.parse(method.grader(), method.param("grader")), outside);
        return read(
                encoder::encodePrompts,
                "leave no room for an answer",
                (training, validation) -> new TrainingData.Prompts(
                        training,
                        validation,
                        Detokenizer.of(encoder),
                        grading,
                        method.rollouts().groupSize(),
                        method.maxCompletionTokens()));
    }

    private <T, D> D read(Encoding<T> encoding, String consequence, BiFunction<List<T>, List<T>, D> data)
            throws IOException {
        List<T> training = rows(encoding, "training", task.trainingFile(), consequence);
        if (training.isEmpty()) {
            throw new DataException(
                    DataException.Code.DATASET_INVALID, "no row of the training file can be trained by this model");
        }
        @Nullable String file = task.validationFile();
        return data.apply(training, file == null ? List.of() : rows(encoding, "validation", file, consequence));
    }

    private <T> List<T> rows(Encoding<T> encoding, String name, String file, String consequence) throws IOException {
        int longest = Math.min(task.settings().maxLengthTokens(), maxPositions);
        EncodedDataset<T> encoded = encoding.of(Path.of(file), longest);
        TokenReport report = encoded.report();
        if (report.truncatedRows() > 0) {
            progress.accept(new Progress.Warning("%d rows of the %s file are longer than %d tokens and %s"
                    .formatted(report.truncatedRows(), name, longest, consequence)));
        }
        if (!report.dropped().isEmpty()) {
            progress.accept(new Progress.Warning(
                    "rows of the %s file that cannot be trained were left out: %s".formatted(name, report.dropped())));
        }
        return encoded.rows();
    }

    /** One of the encoder's ways to read a file. */
    private interface Encoding<T> {

        EncodedDataset<T> of(Path file, int longest) throws IOException;
    }
}
