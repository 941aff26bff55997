package dev.anneal.engine.run;

import dev.anneal.engine.data.ChatEncoder;
import dev.anneal.engine.data.EncodedDataset;
import dev.anneal.engine.data.EncodedRow;
import dev.anneal.engine.data.TokenReport;
import dev.anneal.engine.model.DecoderModel;
import dev.anneal.engine.tokens.ModelTokenizer;
import dev.anneal.engine.torch.Devices;
import dev.anneal.engine.torch.TorchException;
import dev.anneal.engine.train.Trainer;
import dev.anneal.engine.train.TrainingData;
import dev.anneal.engine.train.TrainingJob;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Encodes the rows of a job, loads its model and trains. */
final class TrainingTask {

    private final TrainTask task;
    private final BaseModelFiles base;
    private final ProgressWriter progress;
    private final Signals signals;

    TrainingTask(TrainTask task, ProgressWriter progress, Signals signals) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.progress = progress;
        this.signals = signals;
    }

    ExitCode run() throws IOException {
        List<EncodedRow> training;
        List<EncodedRow> validation;
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
            training = rows(encoder, "training", task.trainingFile());
            @Nullable String file = task.validationFile();
            validation = file == null ? List.of() : rows(encoder, "validation", file);
        }
        if (training.isEmpty()) {
            throw TaskException.badInput(
                    "dataset_invalid", "no row of the training file can be trained by this model", null);
        }
        signals.throwIfStopping();
        String fingerprint = base.fingerprint();
        try (DecoderModel model = base.load();
                InitialValues initial = InitialValues.of(task, base)) {
            String device = task.machine().device();
            DeviceMemoryReport reported =
                    new DeviceMemoryReport(progress::write, device, () -> Devices.memory(device), System::nanoTime);
            Trainer.Outcome outcome =
                    new Trainer(job(model, fingerprint, training, validation, initial.file()), reported, signals).run();
            return switch (outcome) {
                case COMPLETED -> ExitCode.DONE;
                case STOPPED -> ExitCode.GIVEN_BACK;
            };
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                int longest =
                        training.stream().mapToInt(EncodedRow::length).max().orElse(0);
                throw TaskException.failure("out_of_memory", MemoryRemedy.of(task, longest), e);
            }
            throw e;
        }
    }

    private TrainingJob job(
            DecoderModel model,
            String fingerprint,
            List<EncodedRow> training,
            List<EncodedRow> validation,
            @Nullable Path initialAdapter) {
        @Nullable String resumeFrom = task.resumeFrom();
        return new TrainingJob(
                model,
                fingerprint,
                data(training, validation),
                task.adapter(),
                task.settings(),
                task.machine().computeThreads(),
                Hardware.freeMemory(task.machine()),
                Path.of(task.attemptDirectory()),
                initialAdapter,
                resumeFrom == null ? null : Path.of(resumeFrom),
                task.validatedStep());
    }

    private TrainingData data(List<EncodedRow> training, List<EncodedRow> validation) {
        return task.settings().method() instanceof TrainingMethod.Dpo
                ? new TrainingData.Pairs(training, validation)
                : new TrainingData.Rows(training, validation);
    }

    private List<EncodedRow> rows(ChatEncoder encoder, String name, String file) throws IOException {
        int longest = Math.min(task.settings().maxLengthTokens(), base.config().maxPositions());
        EncodedDataset encoded = encoder.encode(Path.of(file), longest);
        TokenReport report = encoded.report();
        if (report.truncatedRows() > 0) {
            progress.write(new Progress.Warning("%d rows of the %s file are longer than %d tokens and lose their end"
                    .formatted(report.truncatedRows(), name, longest)));
        }
        if (!report.dropped().isEmpty()) {
            progress.write(new Progress.Warning(
                    "rows of the %s file that cannot be trained were left out: %s".formatted(name, report.dropped())));
        }
        return encoded.rows();
    }
}
