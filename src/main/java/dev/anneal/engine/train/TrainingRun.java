package dev.anneal.engine.train;

import dev.anneal.engine.data.EncodedRow;
import dev.anneal.engine.data.Packing;
import dev.anneal.engine.data.StepPlan;
import dev.anneal.engine.model.AdapterDropout;
import dev.anneal.engine.model.AppliedAdapter;
import dev.anneal.engine.model.LossSums;
import dev.anneal.engine.model.Objective;
import dev.anneal.engine.torch.ElementType;
import dev.anneal.engine.torch.TorchException;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The steps of a training: its position, what each step does, and when it validates and saves. */
final class TrainingRun {

    /** As torch.nn.utils.clip_grad_norm_ has it. */
    private static final double CLIP_EPSILON = 1e-6;

    private static final String COMPUTED_AGAIN =
            "computed again for the backward, which takes about a third more time and changes no bit of the result";

    private final TrainingJob job;
    private final TrainingSettings settings;
    private final Trainable trained;
    private final AdamW optimizer;
    private final Passes passes;
    private final ActivationCheckpointing checkpointing;
    private final Consumer<Progress> progress;
    private final List<List<Integer>> sequences;
    private final StepPlan plan;
    private final LearningRateSchedule rates;
    private final CheckpointWriter checkpoints;
    private final String dataFingerprint;
    private final Validator validator;

    /** Steps done. */
    private int step;

    private int savedStep = -1;
    private long tokens;
    private long trainedTokens;

    TrainingRun(
            TrainingJob job,
            Trainable trained,
            AdamW optimizer,
            Passes passes,
            ActivationCheckpointing checkpointing,
            Consumer<Progress> progress) {
        this.job = job;
        this.settings = job.settings();
        this.trained = trained;
        this.optimizer = optimizer;
        this.passes = passes;
        this.checkpointing = checkpointing;
        this.progress = progress;
        this.sequences = sequences(job.training(), settings);
        this.plan = new StepPlan(sequences.size(), settings.batchRows(), settings.totalSteps(), settings.seed());
        this.rates = new LearningRateSchedule(
                LearningRateSchedule.Shape.named(settings.optimizer().schedule()),
                settings.optimizer().warmupSteps(),
                settings.totalSteps());
        this.checkpoints = new CheckpointWriter(job.attemptDirectory());
        this.dataFingerprint = DataFingerprint.of(job.training());
        this.validator = new Validator(
                MicroBatch.split(job.validation(), job.limits()), passes, progress, Validator.SIGN_OF_LIFE);
    }

    private static List<List<Integer>> sequences(List<EncodedRow> rows, TrainingSettings settings) {
        int[] lengths = rows.stream().mapToInt(EncodedRow::length).toArray();
        return settings.packing() ? Packing.of(lengths, settings.maxLengthTokens()) : Packing.none(lengths.length);
    }

    /** Takes over position, what is trained, and moments. */
    void resume(Checkpoint checkpoint) throws IOException {
        checkpoint.requireContinues(state(Map.of()));
        trained.restore(checkpoint);
        MomentsFile.read(checkpoint.optimizerFile(), optimizer);
        String before = checkpoint.state().precision();
        if (!before.equals(precision())) {
            progress.accept(new Progress.Warning(
                    "the training began in %s and goes on in %s on this machine: its result is as good, but not the same bits"
                            .formatted(before, precision())));
        }
        step = checkpoint.state().step();
        tokens = checkpoint.state().tokens();
        trainedTokens = checkpoint.state().trainedTokens();
    }

    Trainer.Outcome toTheEnd(TrainingControl control) throws IOException {
        progress.accept(new Progress.Started(step, settings.totalSteps(), trained.count(), precision()));
        if (step == 0 && job.initialAdapter() != null) {
            // The adapter as it was given can then be exported and judged like any other.
            save();
        }
        keepActivationsIfTheyFit();
        boolean going = step <= job.validatedStep() || validateIfDue();
        while (going && step < settings.totalSteps()) {
            going = !control.isStopping() && advance(control);
        }
        // Also when an earlier attempt died between its last checkpoint and its end.
        save();
        return going ? Trainer.Outcome.COMPLETED : Trainer.Outcome.STOPPED;
    }

    private void keepActivationsIfTheyFit() {
        long needed = ActivationCheckpointing.neededBytes(job);
        long free = job.freeMemoryBytes().getAsLong();
        if (needed > free && checkpointing.turnOn()) {
            progress.accept(new Progress.Warning(
                    "the passes of a step would take %d MiB, and %d MiB of memory are free: activations are %s"
                            .formatted(needed >> 20, free >> 20, COMPUTED_AGAIN)));
        }
    }

    /** One step and what is due after it; false if the training is to stop. */
    private boolean advance(TrainingControl control) throws IOException {
        if (!train()) {
            return false;
        }
        boolean asked = control.takeSave();
        if (asked || isDue(settings.checkpointIntervalSteps())) {
            save();
        }
        return validateIfDue();
    }

    private String precision() {
        return job.model().precision() == ElementType.BFLOAT16 ? "bf16" : "fp32";
    }

    private boolean isDue(int interval) {
        return step == settings.totalSteps() || (interval > 0 && step > 0 && step % interval == 0);
    }

    /** Whether the step was done; false if it was given up, and nothing has changed. */
    private boolean train() {
        long begin = System.nanoTime();
        double beta = betaAt(step);
        List<EncodedRow> rows = Arrays.stream(plan.rowsOf(step))
                .mapToObj(sequences::get)
                .flatMap(List::stream)
                .map(job.training()::get)
                .toList();
        AppliedAdapter applied = trained.apply(beta);
        Optional<LossSums> computed =
                computed(MicroBatch.split(rows, job.limits()), batch -> applied.with(beta, dropoutOf(batch)));
        if (computed.isEmpty()) {
            return false;
        }
        LossSums sums = computed.get();
        double norm = optimizer.norm(passes.gradients()) / sums.trained();
        requireFinite(sums.mean(), norm);
        AdamW.Rates rate = ratesAt(step);
        optimizer.step(passes.gradients(), clipping(norm) / sums.trained(), rate, step + 1);
        step++;
        int read = rows.stream().mapToInt(EncodedRow::length).sum();
        tokens += read;
        trainedTokens += sums.trained();
        double seconds = (System.nanoTime() - begin) / 1e9;
        progress.accept(new Progress.Step(
                step,
                settings.totalSteps(),
                (double) step / plan.stepsPerEpoch(),
                sums.mean(),
                sums.accuracy(),
                rate.ordinary(),
                norm,
                beta,
                trainedTokens,
                tokens,
                read / seconds,
                seconds));
        return true;
    }

    /** Where memory does not hold the activations, they are computed again from then on. */
    private Optional<LossSums> computed(List<MicroBatch> batches, Function<MicroBatch, AppliedAdapter> adapterOf) {
        try {
            return passes.train(batches, adapterOf, piece -> Objective.LIKELIHOOD);
        } catch (TorchException e) {
            if (!e.isOutOfMemory() || !checkpointing.turnOn()) {
                throw e;
            }
            progress.accept(
                    new Progress.Warning("the activations of step %d did not fit into memory: from here on they are %s"
                            .formatted(step + 1, COMPUTED_AGAIN)));
            return passes.train(batches, adapterOf, piece -> Objective.LIKELIHOOD);
        }
    }

    private AdapterDropout dropoutOf(MicroBatch batch) {
        return batch.dropout(trained.dropout(), settings.seed(), step);
    }

    private AdamW.Rates ratesAt(int at) {
        TrainingSettings.Optimizer chosen = settings.optimizer();
        double rate = chosen.learningRate() * rates.factorAt(at);
        return new AdamW.Rates(rate, rate * chosen.loraPlusRatio(), chosen.weightDecay());
    }

    /** Factor that brings the gradient's norm down to its maximum. A maximum of 0 clips nothing. */
    private double clipping(double norm) {
        double maximum = settings.optimizer().maxGradientNorm();
        return maximum > 0 ? Math.min(1, maximum / (norm + CLIP_EPSILON)) : 1;
    }

    /** Before the update, so that what is trained and its checkpoints stay as they were. */
    private void requireFinite(double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new TrainingException(
                    TrainingException.Code.NON_FINITE_LOSS,
                    step,
                    "step %d gave the loss %s and the gradient norm %s; lower the learning rate or look for damaged rows"
                            .formatted(step + 1, loss, norm));
        }
    }

    /** With the beta that training would go on with, as the checkpoint of this step has it; 0 at the end. False if it was given up. */
    private boolean validateIfDue() {
        boolean due = validator.hasRows() && isDue(settings.evaluationIntervalSteps());
        return !due || validator.validate(step, trained.apply(betaAt(step)));
    }

    private void save() throws IOException {
        if (savedStep == step) {
            return;
        }
        List<CheckpointWriter.Part> parts = List.of(
                new CheckpointWriter.Part(trained.fileName(), trained::save),
                new CheckpointWriter.Part(Checkpoint.OPTIMIZER, file -> MomentsFile.write(file, optimizer)));
        long bytes = checkpoints.write(step, parts, this::state);
        savedStep = step;
        progress.accept(new Progress.CheckpointSaved(
                step, betaAt(step), checkpoints.folderOf(step).toString(), bytes));
    }

    private double betaAt(int at) {
        return trained.betaAt(at, settings.totalSteps());
    }

    private CheckpointState state(Map<String, String> hashes) {
        return new CheckpointState(
                step,
                settings.totalSteps(),
                betaAt(step),
                precision(),
                trainedTokens,
                tokens,
                job.adapter(),
                settings,
                job.baseFingerprint(),
                dataFingerprint,
                hashes);
    }
}
