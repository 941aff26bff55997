package dev.anneal.engine.train;

import dev.anneal.engine.network.architecture.Arithmetic;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.train.passes.ActivationCheckpointing;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.passes.Training;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointState;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.Optimizer;
import dev.anneal.engine.train.state.Target;
import dev.anneal.engine.train.state.Trainable;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Runs the steps of a training, and validates and saves when it is time. */
final class TrainingRun {

    private static final Logger LOG = System.getLogger(TrainingRun.class.getName());

    /** The same as in torch.nn.utils.clip_grad_norm_. */
    private static final double CLIP_EPSILON = 1e-6;

    private final TrainingJob job;
    private final TrainingSettings settings;
    private final Trainable<?> trained;
    private final Optimizer optimizer;
    private final Trainable.StepGradients<?> gradients;
    private final Steps steps;
    private final ActivationCheckpointing checkpointing;
    private final Consumer<Progress> progress;
    private final LearningRateSchedule rates;
    private final Divergence divergence;
    private final AnnealingProbe probe;
    private final CheckpointWriter checkpoints;
    private final String dataFingerprint;

    /** Steps done. */
    private int step;

    private int savedStep = -1;

    /** Whether the target's answers were restored: the ranks must write the same ones. */
    private String answers = "none";

    private TrainedTokens tokens = TrainedTokens.NONE;

    /** @param steps of the job's method */
    TrainingRun(Training<?> training, Optimizer optimizer, Steps steps) {
        this.job = training.job();
        this.settings = job.settings();
        this.trained = training.trained();
        this.optimizer = optimizer;
        this.gradients = training.gradients().total();
        this.steps = steps;
        this.checkpointing = training.checkpointing();
        this.progress = training.progress();
        this.rates = new LearningRateSchedule(
                LearningRateSchedule.Shape.valueOf(
                        settings.optimizer().schedule().toUpperCase(Locale.ROOT)),
                settings.optimizer().warmupSteps(),
                settings.totalSteps());
        this.divergence =
                new Divergence(job.model().config().vocabularySize(), settings.totalSteps(), steps.isLossLikelihood());
        this.probe = new AnnealingProbe(steps, betaAt(0) > 0, settings.totalSteps(), progress);
        this.checkpoints = new CheckpointWriter(Path.of(job.task().attemptDirectory()));
        this.dataFingerprint = job.data().fingerprint();
    }

    /** Continues where earlier attempts ended, if there were any. */
    void resume() throws IOException {
        @Nullable String resumeFrom = job.task().resumeFrom();
        if (resumeFrom != null) {
            resume(CheckpointFolder.open(Path.of(resumeFrom)));
        }
        @Nullable String answers = job.task().targetAnswers();
        // Later checkpoints have all of them.
        if (answers != null && step == 0) {
            restoreAnswers(Path.of(answers));
        }
    }

    /** Continues at the checkpoint's position with its trained values and moments. */
    private void resume(CheckpointFolder checkpoint) throws IOException {
        checkpoint.requireContinues(state(Map.of()));
        trained.restore(checkpoint);
        optimizer.restore(checkpoint.optimizerFile());
        steps.restore(checkpoint);
        String before = checkpoint.state().precision();
        if (!before.equals(precision())) {
            progress.accept(new Progress.Warning(
                    ("the training began in %s and goes on in %s on this machine: its result is as good, but not"
                                    + " the same bits")
                            .formatted(before, precision())));
        }
        step = checkpoint.state().step();
        tokens = checkpoint.state().tokens();
        divergence.resume(checkpoint.state().firstLoss());
        probe.resume(checkpoint.state().widestGap());
    }

    /** Damaged ones are written again, to the same texts. */
    private void restoreAnswers(Path folder) throws IOException {
        CheckpointFolder saved;
        try {
            saved = CheckpointFolder.openAnswers(folder);
        } catch (TrainingException damaged) {
            LOG.log(Level.WARNING, "The target's answers are written again", damaged);
            progress.accept(new Progress.Warning("the target's answers are damaged and are written again"));
            return;
        }
        saved.requireContinues(state(Map.of()));
        steps.restore(saved);
        answers = "restored";
    }

    Trainer.Outcome toTheEnd(TrainingControl control) throws IOException {
        requireOneState();
        progress.accept(new Progress.Started(step, settings.totalSteps(), trained.count(), precision()));
        if (step == 0 && job.initialValues() != null && job.adapter() != null) {
            // Allows exports and evaluations of the initial adapter.
            save();
        }
        // Everything but the passes is allocated now.
        checkpointing.turnOnIfNeeded(job, progress);
        boolean going = steps.prepare(this::saveAnswers) && validateFirst();
        while (going && step < settings.totalSteps()) {
            going = advance(control);
        }
        // Needed also if an earlier attempt died between its last checkpoint and its end.
        save();
        awaitLastSave();
        return going ? Trainer.Outcome.COMPLETED : Trainer.Outcome.STOPPED;
    }

    /** The processes end together, when the first one has saved. */
    private void awaitLastSave() {
        Optional<List<List<String>>> unused = job.ranks().share(Optional.of(List.of("saved")), String[].class);
    }

    /** The ranks must continue from the same point with the same data and arithmetic, or their sums mean nothing. */
    private void requireOneState() {
        String own = "%d steps done, data %s, base model %s, target %s, its answers %s, arithmetic %s"
                .formatted(step, dataFingerprint, job.baseFingerprint(), targetFingerprint(), answers, precision());
        Set<String> states = job.ranks().share(Optional.of(List.of(own)), String[].class).stream()
                .flatMap(byRank -> byRank.stream().flatMap(List::stream))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (states.size() > 1) {
            throw new TrainingException(
                    TrainingException.Code.RANKS_DIFFER,
                    step,
                    "the processes of this training differ: " + String.join("; ", states));
        }
    }

    /** A validation that an earlier attempt did not report, or that of the model before its training. */
    private boolean validateFirst() {
        if (step == 0) {
            return !steps.measuresBeginning() || job.data().validation().isEmpty() || validate();
        }
        return step <= job.task().validatedStep() || validateIfDue();
    }

    /** Does one step and what is due after it. Returns false if the training is to stop. */
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
        return job.model().precision() == ElementType.BFLOAT16 ? Arithmetic.BF16 : Arithmetic.FP32;
    }

    private boolean isDue(int interval) {
        return step == settings.totalSteps() || (interval > 0 && step > 0 && step % interval == 0);
    }

    /** Returns whether the step was done; if it was abandoned, nothing has changed. */
    private boolean train() {
        long begin = System.nanoTime();
        double beta = betaAt(step);
        AppliedAdapter adapter = trained.apply(beta);
        Optional<Steps.Result> computed = steps.compute(step, adapter);
        if (computed.isEmpty()) {
            return false;
        }
        Steps.Result result = computed.get();
        double norm = optimizer.norm(gradients) / result.divisor();
        requireFinite(result.loss(), norm);
        divergence.check(step, result, norm);
        long computedNanos = System.nanoTime();
        Optional<Map<String, Double>> annealing = probe.measure(step, adapter);
        if (annealing.isEmpty()) {
            return false;
        }
        begin += System.nanoTime() - computedNanos;
        Optimizer.Rates rate = ratesAt(step);
        optimizer.step(gradients, clipping(norm) / result.divisor(), rate, step + 1);
        steps.done();
        step++;
        tokens = tokens.plus(result.tokens());
        double seconds = (System.nanoTime() - begin) / 1e9;
        Map<String, Double> figures = figures(result, rate, norm, beta, seconds);
        figures.putAll(annealing.get());
        progress.accept(new Progress.Step(step, settings.totalSteps(), seconds, figures));
        return true;
    }

    private Map<String, Double> figures(
            Steps.Result result, Optimizer.Rates rate, double norm, double beta, double seconds) {
        Map<String, Double> figures = new LinkedHashMap<>();
        figures.put(Figure.EPOCH.wireName(), (double) step / steps.perEpoch());
        figures.put(Figure.TRAIN_LOSS.wireName(), result.loss());
        if (result.tokenAccuracy() != null) {
            figures.put(Figure.TRAIN_MEAN_TOKEN_ACCURACY.wireName(), result.tokenAccuracy());
        }
        figures.put(Figure.LEARNING_RATE.wireName(), rate.ordinary());
        figures.put(Figure.GRAD_NORM.wireName(), norm);
        figures.put(Figure.BETA.wireName(), beta);
        figures.put(Figure.TRAINED_TOKENS.wireName(), (double) tokens.trained());
        figures.put(Figure.TOKENS.wireName(), (double) tokens.read());
        figures.put(Figure.SHARED_TOKENS.wireName(), (double) tokens.shared());
        figures.put(Figure.TOKENS_PER_SECOND.wireName(), result.tokens().read() / seconds);
        figures.putAll(result.metrics());
        figures.putAll(job.ranks().exchangeFigures());
        return figures;
    }

    private Optimizer.Rates ratesAt(int at) {
        TrainingSettings.Optimizer chosen = settings.optimizer();
        double rate = chosen.learningRate() * rates.factorAt(at);
        return new Optimizer.Rates(rate, rate * chosen.loraPlusRatio(), chosen.weightDecay());
    }

    /** Factor that reduces the gradient's norm to its maximum. A maximum of 0 clips nothing. */
    private double clipping(double norm) {
        double maximum = settings.optimizer().maxGradientNorm();
        return maximum > 0 ? Math.min(1, maximum / (norm + CLIP_EPSILON)) : 1;
    }

    /** Called before the update, so that the trained values and their checkpoints stay finite. */
    private void requireFinite(double loss, double norm) {
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            throw new TrainingException(
                    TrainingException.Code.NON_FINITE_LOSS,
                    step,
                    ("step %d gave the loss %s and the gradient norm %s; lower the learning rate or look for"
                                    + " damaged rows")
                            .formatted(step + 1, loss, norm));
        }
    }

    /**
     * Validates with the beta of the next step, which the checkpoint of this step has as well; 0 at the end. Returns
     * false if it was abandoned.
     */
    private boolean validateIfDue() {
        return job.data().validation().isEmpty() || !isDue(settings.evaluationIntervalSteps()) || validate();
    }

    private boolean validate() {
        long begin = System.nanoTime();
        boolean validated = steps.validate(step, trained.apply(betaAt(step)));
        if (validated) {
            tell(Progress.Interlude.Cause.VALIDATION, begin);
        }
        return validated;
    }

    private void save() throws IOException {
        if (savedStep == step || !job.ranks().isFirst()) {
            return;
        }
        long begin = System.nanoTime();
        List<CheckpointWriter.Part> parts = new ArrayList<>(steps.parts());
        parts.addAll(trained.parts());
        parts.add(new CheckpointWriter.Part(CheckpointFolder.OPTIMIZER, optimizer::save));
        long bytes = checkpoints.write(step, parts, this::state);
        savedStep = step;
        progress.accept(new Progress.CheckpointSaved(
                step, betaAt(step), checkpoints.folderOf(step).toString(), bytes));
        tell(Progress.Interlude.Cause.CHECKPOINT, begin);
    }

    private void saveAnswers(int count, int total, CheckpointWriter.Part answers) throws IOException {
        if (!job.ranks().isFirst()) {
            return;
        }
        Path folder = checkpoints.writeAnswers(count, answers, this::state);
        progress.accept(new Progress.AnswersSaved(count, total, folder.toString()));
    }

    private void tell(Progress.Interlude.Cause kind, long beginNanos) {
        progress.accept(new Progress.Interlude(kind, (System.nanoTime() - beginNanos) / 1e9));
    }

    private @Nullable String targetFingerprint() {
        Target target = job.target();
        return target == null ? null : target.fingerprint();
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
                tokens,
                divergence.firstLoss(),
                probe.widest(),
                job.adapter(),
                settings,
                job.baseFingerprint(),
                targetFingerprint(),
                dataFingerprint,
                hashes);
    }
}
