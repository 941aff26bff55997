package dev.anneal.engine.run;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.Devices;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.TorchException;
import dev.anneal.engine.run.task.TaskException;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.Trainer;
import dev.anneal.engine.train.TrainingInput;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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
            TrainingData data = input.read();
            channel.signals().throwIfStopping();
            try (LoadedGroup group = LoadedGroup.of(task.group())) {
                return train(data, group.group());
            }
        }
    }

    private Ranks ranks(@Nullable ProcessGroup group) {
        return Ranks.of(group, task.settings().reproducible().equals(TrainingSettings.ANY_DEVICES));
    }

    private ExitCode train(TrainingData data, @Nullable ProcessGroup group) throws IOException {
        Ranks ranks = ranks(group);
        try (@Nullable LoadedTarget loaded = LoadedTarget.of(task, base.config())) {
            @Nullable Target target = loaded == null ? null : loaded.target();
            if (task.settings().method().trainsHead()) {
                DecoderModel shared = Objects.requireNonNull(target, "a head's task names its target")
                        .model();
                return train(data, ranks, shared, target);
            }
            try (DecoderModel model = base.loadTrained(task.settings(), task.adapter() != null, group)) {
                return train(data, ranks, model, target);
            }
        } catch (TorchException e) {
            if (e.isOutOfMemory()) {
                throw TaskException.failure("out_of_memory", MemoryRemedy.of(task, data.longestTokens()), e);
            }
            throw e;
        }
    }

    /** @param model that is trained, or whose head is */
    private ExitCode train(TrainingData data, Ranks ranks, DecoderModel model, @Nullable Target target)
            throws IOException {
        try (@Nullable LoadedDraft draft = LoadedDraft.of(task, model, channel.progress()::write);
                @Nullable InitialValues initial = InitialValues.of(task, base)) {
            String device = task.machine().device();
            DeviceMemoryReport reported = new DeviceMemoryReport(
                    channel.progress()::write, device, () -> Devices.memory(device), System::nanoTime);
            TrainingJob job = new TrainingJob(
                    task,
                    model,
                    base.fingerprint(),
                    target,
                    draft == null ? null : draft.draft(),
                    data,
                    Hardware.freeMemory(task.machine()),
                    initial == null ? null : initial.file(),
                    ranks);
            Trainer.Outcome outcome = new Trainer(job, reported, channel.signals()).run();
            return switch (outcome) {
                case COMPLETED -> ExitCode.DONE;
                case STOPPED -> ExitCode.GIVEN_BACK;
            };
        }
    }
}
