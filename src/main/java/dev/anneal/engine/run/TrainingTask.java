package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.Devices;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.Trainer;
import dev.anneal.engine.train.TrainingInput;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;

/** Encodes the rows of a job, loads its model and trains. */
final class TrainingTask {

    private final TrainTask task;
    private final BaseModelFiles base;
    private final Channel channel;

    TrainingTask(TrainTask task, Channel channel) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.channel = channel;
    }

    ExitCode run() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
            TrainingInput input = new TrainingInput(
                    task, encoder, base.config().maxPositions(), channel.progress()::write, channel.graders());
            return train(input.read());
        }
    }

    private ExitCode train(TrainingData data) throws IOException {
        channel.signals().throwIfStopping();
        try (LoadedTarget target = LoadedTarget.of(task, base.config());
                TrainedModel trained = TrainedModel.of(task, base, target);
                LoadedDraft draft = LoadedDraft.of(task, trained.model(), channel.progress()::write);
                InitialValues initial = InitialValues.of(task, base)) {
            String device = task.machine().device();
            DeviceMemoryReport reported = new DeviceMemoryReport(
                    channel.progress()::write, device, () -> Devices.memory(device), System::nanoTime);
            TrainingJob job = new TrainingJob(
                    task,
                    trained.model(),
                    base.fingerprint(),
                    target.orNull(),
                    draft.orNull(),
                    data,
                    Hardware.freeMemory(task.machine()),
                    initial.file());
            Trainer.Outcome outcome = new Trainer(job, reported, channel.signals()).run();
            return switch (outcome) {
                case COMPLETED -> ExitCode.DONE;
                case STOPPED -> ExitCode.GIVEN_BACK;
            };
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                throw TaskException.failure("out_of_memory", MemoryRemedy.of(task, data.longestTokens()), e);
            }
            throw e;
        }
    }
}
