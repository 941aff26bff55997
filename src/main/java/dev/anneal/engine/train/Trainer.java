package dev.anneal.engine.train;

import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.model.Gradients;
import dev.anneal.engine.network.torch.Scope;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Trains an adapter, or all weights of a model, from the first step or a checkpoint to the last step. */
public final class Trainer {

    /** How a training ended. */
    public enum Outcome {
        /** All steps are done and the last checkpoint, whose beta is 0, is saved. */
        COMPLETED,
        /** Asked to stop: a checkpoint holds the steps done so far. */
        STOPPED
    }

    private final TrainingJob job;
    private final LivenessEvents progress;
    private final TrainingControl control;

    /**
     * @param progress called by one thread at a time
     */
    public Trainer(TrainingJob job, Consumer<Progress> progress, TrainingControl control) {
        this(job, progress, control, LivenessEvents.SILENCE);
    }

    /**
     * @param silence time without an event after which each finished layer of a long step or validation is reported
     */
    Trainer(TrainingJob job, Consumer<Progress> progress, TrainingControl control, Duration silence) {
        this.job = job;
        this.progress = new LivenessEvents(progress, silence);
        this.control = control;
    }

    /**
     * Trains, and saves at every interval, on request, and at the end. A stop takes effect before the next layer: the
     * unfinished step is abandoned, and the checkpoint holds the steps before it.
     *
     * <p>A validation runs after the checkpoint of its step is saved. If a stop or the end of the process cuts it
     * short, it runs again from its beginning when the training resumes from that checkpoint.
     *
     * @throws TrainingException if it cannot continue; earlier checkpoints are intact
     * @throws dev.anneal.engine.network.lora.AdapterConfigException if the adapter's settings do not fit the model
     * @throws dev.anneal.engine.network.lora.AdapterFileException if the initial adapter does not match the settings
     * @throws IOException if a checkpoint cannot be read or written
     */
    public Outcome run() throws IOException {
        StopSignal signal = new StopSignal(control::isStopping, progress::layerDone);
        TrainingMethod.@Nullable SpeculativeDraft ofHead = HeadTrainer.methodOf(job);
        return ofHead == null ? trainModel() : new HeadTrainer(job, ofHead, progress::tell, signal).run(control);
    }

    private Outcome trainModel() throws IOException {
        ActivationCheckpointing checkpointing =
                new ActivationCheckpointing(job.settings().activationCheckpointing());
        try (Scope scope = job.model().scope().child();
                Trainable<Gradients> trained = trainable();
                Optimizer optimizer = new Optimizer(scope, trained, job.computeThreads());
                Passes passes = new Passes(
                        job.model(),
                        trained,
                        optimizer,
                        checkpointing,
                        job.computeThreads(),
                        control::isStopping,
                        progress::layerDone)) {
            StepPasses stepPasses = new StepPasses(job, trained, passes, checkpointing, progress::tell);
            TrainingRun run =
                    new TrainingRun(job, trained, optimizer, passes.gradients(), steps(stepPasses), progress::tell);
            run.resume();
            return run.toTheEnd(control, stepPasses::keepActivationsIfTheyFit);
        }
    }

    private Steps steps(StepPasses passes) {
        TrainingMethod method = job.settings().method();
        return TrainingProcedure.of(method).steps().make(method, job.data(), passes);
    }

    private Trainable<Gradients> trainable() throws IOException {
        @Nullable AdapterSettings settings = job.adapter();
        if (settings == null) {
            return FullTraining.of(job.model(), job.initialValues());
        }
        AdapterConfig config = CheckpointState.adapterConfig(settings);
        @Nullable Path initial = job.initialValues();
        return new AdapterTraining(
                initial == null
                        ? Adapter.create(job.model(), config, job.settings().seed())
                        : Adapter.load(job.model(), config, initial));
    }
}
