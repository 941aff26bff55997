package dev.anneal.engine.train;

import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.train.passes.ActivationCheckpointing;
import dev.anneal.engine.train.passes.StopSignal;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.state.GradientSum;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Trains an adapter, a model or a draft head from the first step or a checkpoint to the last step. */
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
        return run(TrainingProcedure.of(job.settings().method()));
    }

    private <G> Outcome run(TrainingProcedure<TrainingMethod, TrainingData, G> procedure) throws IOException {
        TrainingMethod method = job.settings().method();
        StopSignal signal = new StopSignal(control::isStopping, progress::layerDone);
        try (TensorScope scope = job.model().scope().child();
                Trainable<G> trained = procedure.trained().open(method, job);
                Optimizer optimizer = new Optimizer(scope, trained, job.computeThreads());
                GradientSum<G> gradients =
                        new GradientSum<>(scope, trained, optimizer, job.computeThreads(), job.ranks())) {
            Training<G> training =
                    new Training<>(job, trained, gradients, ActivationCheckpointing.of(job), signal, progress::tell);
            TrainingRun run =
                    new TrainingRun(training, optimizer, procedure.steps().make(method, job.data(), training));
            run.resume();
            return run.toTheEnd(control);
        }
    }
}
