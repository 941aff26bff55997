package dev.anneal.engine.run;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.Devices;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.Trainer;
import dev.anneal.engine.train.TrainingData;
import dev.anneal.engine.train.TrainingInput;
import dev.anneal.engine.train.TrainingJob;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;

/** Encodes the rows of a job, loads its model and trains. */
final class TrainingTask {

    private final TrainTask task;
    private final BaseModelFiles base;
    private final ProgressWriter progress;
    private final Signals signals;
    private final BlockingQueue<String> replies;

    /** @param replies lines of standard input that answer what graders ask */
    TrainingTask(TrainTask task, ProgressWriter progress, Signals signals, BlockingQueue<String> replies) {
        this.task = task;
        this.base = new BaseModelFiles(task);
        this.progress = progress;
        this.signals = signals;
        this.replies = replies;
    }

    ExitCode run() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(base.directory())) {
            Pulse pulse = new Pulse(signals, progress::write, Pulse.INTERVAL);
            SupervisorHelp help = new SupervisorHelp(progress::write, replies, pulse, SupervisorHelp.PATIENCE);
            ChatEncoder encoder = ChatEncoder.of(tokenizer, task.templateTime());
            TrainingInput input = new TrainingInput(task, encoder, base.config().maxPositions(), progress::write, help);
            return train(input.read());
        }
    }

    private ExitCode train(TrainingData data) throws IOException {
        signals.throwIfStopping();
        String fingerprint = base.fingerprint();
        try (DecoderModel model = base.load();
                InitialValues initial = InitialValues.of(task, base)) {
            String device = task.machine().device();
            DeviceMemoryReport reported =
                    new DeviceMemoryReport(progress::write, device, () -> Devices.memory(device), System::nanoTime);
            TrainingJob job = new TrainingJob(
                    task, model, fingerprint, data, Hardware.freeMemory(task.machine()), initial.file());
            Trainer.Outcome outcome = new Trainer(job, reported, signals).run();
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
