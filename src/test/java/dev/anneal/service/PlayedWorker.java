package dev.anneal.service;

import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import dev.anneal.service.files.FileIntake;
import dev.anneal.service.files.FilePurpose;
import dev.anneal.service.files.ReceivedFile;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.WorkError;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.queue.lease.Ending;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.training.journal.TrainingJournal;
import dev.anneal.service.training.journal.TrainingOrder;
import dev.anneal.service.training.settings.TrainingMethods;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Plays a worker's part in a training by the calls that workers make, with invented numbers instead of an engine. Beta
 * falls from 1 to 0 over the first 80 % of the steps, as it does by default.
 */
public final class PlayedWorker {

    private static final Duration STALL = Duration.ofMinutes(5);

    private final Leases leases;
    private final TrainingJournal journal;
    private final FileIntake intake;
    private final Lease lease;
    private final TrainingOrder order;
    private long batch;

    private PlayedWorker(Leases leases, TrainingJournal journal, FileIntake intake, Lease lease) {
        this.leases = leases;
        this.journal = journal;
        this.intake = intake;
        this.lease = lease;
        this.order = journal.order(lease.workId());
    }

    /** Claims the next training and starts it from its newest checkpoint. */
    public static PlayedWorker claim(Leases leases, TrainingJournal journal, FileIntake intake) {
        // A claim passes over rows that others have locked for a moment; workers ask again.
        List<Claim> claims = new ArrayList<>(1);
        ServiceTest.await(() -> {
            leases.claim(Claimants.of("played-worker", Slot.TRAINING, Set.copyOf(TrainingMethods.NAMES), Set.of()))
                    .ifPresent(claims::add);
            return !claims.isEmpty();
        });
        Claim claim = claims.get(0);
        PlayedWorker worker = new PlayedWorker(leases, journal, intake, claim.lease());
        worker.start();
        return worker;
    }

    private void start() {
        int first =
                order.checkpoints().isEmpty() ? 0 : order.checkpoints().get(0).step();
        progress(null, null, () -> write(List.of(new Progress.Started(first, totalSteps(), 1_000_000, "fp32"))));
    }

    private void progress(@Nullable Integer step, @Nullable Integer savedStep, Runnable writes) {
        leases.progress(lease, ++batch, step, savedStep, STALL, writes);
    }

    private void write(List<? extends Progress> events) {
        journal.write(
                lease.workId(),
                List.copyOf(events),
                directory -> "%s/%s/attempt-%d/%s"
                        .formatted(
                                order.job().tenantId(),
                                order.job().id(),
                                lease.token(),
                                Path.of(directory).getFileName()),
                Integer.MAX_VALUE);
    }

    public TrainingOrder order() {
        return order;
    }

    public int totalSteps() {
        return order.settings().totalSteps();
    }

    public Lease lease() {
        return lease;
    }

    /** Publishes the steps {@code from} to {@code to}, both included. */
    public PlayedWorker steps(int from, int to) {
        List<Progress.Step> steps = java.util.stream.IntStream.rangeClosed(from, to)
                .mapToObj(this::step)
                .toList();
        progress(to, null, () -> write(steps));
        return this;
    }

    /** Publishes a step of given numbers. */
    public PlayedWorker step(int step, double loss, double learningRate, double gradientNorm) {
        Progress.Step done = ReportedSteps.with(
                step(step),
                Map.of(
                        Figure.TRAIN_LOSS.wireName(), loss,
                        Figure.LEARNING_RATE.wireName(), learningRate,
                        Figure.GRAD_NORM.wireName(), gradientNorm));
        progress(step, null, () -> write(List.of(done)));
        return this;
    }

    /** Publishes a step that has sampled completions, one of which got no reward. */
    public PlayedWorker rollout(int step) {
        Progress.Step done = step(step, Map.of("reward", 0.25 * step, "completions/mean_length", 3.5));
        Progress.Samples samples = new Progress.Samples(
                step,
                beta(step - 1),
                List.of(
                        new Progress.Samples.Completion(7, "1 + 1 =", "2\0", 2, false, 1.0, List.of()),
                        new Progress.Samples.Completion(
                                7, "1 + 1 =", "1 1 1", 16, true, null, List.of("sum: item.answer is missing"))));
        progress(step, null, () -> {
            write(List.of(done));
            write(List.of(samples));
        });
        return this;
    }

    public PlayedWorker rewardedValidation(int step) {
        progress(
                step,
                null,
                () -> write(List.of(new Progress.Validation(step, beta(step), null, null, Map.of("reward", 0.875)))));
        return this;
    }

    /** Publishes a step whose completions were sampled with a draft. */
    public PlayedWorker accepted(int step) {
        Progress.Step done = step(
                step, Map.of("reward", 0.25, "acceptance_length/rollout", 2.5, "draft_acceptance_rate/rollout", 0.5));
        progress(step, null, () -> write(List.of(done)));
        return this;
    }

    /** Publishes a step of a draft, and a validation after it. */
    public PlayedWorker drafted(int step) {
        Progress.Step done = step(step, Map.of("acceptance/1", 0.5, "acceptance/2", 0.25, "overlap/1", 0.625));
        Progress.Validation validation = new Progress.Validation(
                step,
                beta(step),
                0.75,
                0.5,
                Map.of("acceptance_length/greedy", 2.5, "acceptance_length/sampled", 2.25, "overlap/1", 0.5));
        progress(step, null, () -> {
            write(List.of(done));
            write(List.of(validation));
        });
        return this;
    }

    private Progress.Step step(int step) {
        return ReportedSteps.step(step, totalSteps(), 2.0 / step, beta(step - 1));
    }

    private Progress.Step step(int step, Map<String, Double> ofMethod) {
        return ReportedSteps.with(step(step), ofMethod);
    }

    /** The coefficient of step t, counted from 0. */
    private double beta(int step) {
        return step == totalSteps() ? 0 : Math.max(0, 1 - step / (0.8 * totalSteps()));
    }

    public PlayedWorker validation(int step) {
        progress(step, null, () -> write(List.of(new Progress.Validation(step, beta(step), 0.75, 0.625, Map.of()))));
        return this;
    }

    /** Publishes that a validation or checkpoint has taken so long. */
    public PlayedWorker interlude(Progress.Interlude.Cause kind, double seconds) {
        progress(null, null, () -> write(List.of(new Progress.Interlude(kind, seconds))));
        return this;
    }

    public PlayedWorker deviceMemory(String device, long total, long peak) {
        progress(null, null, () -> write(List.of(new Progress.DeviceMemory(device, total, peak, peak))));
        return this;
    }

    /** Publishes a checkpoint after {@code step} steps. */
    public PlayedWorker checkpoint(int step) {
        progress(
                step,
                step,
                () -> write(
                        List.of(new Progress.CheckpointSaved(step, beta(step), "/local/checkpoint-" + step, 1234))));
        return this;
    }

    /** Publishes so many answers of a target. */
    public PlayedWorker answers(int count) {
        progress(null, null, () -> write(List.of(new Progress.AnswersSaved(count, 200, "/local/answers-" + count))));
        return this;
    }

    /** Publishes all steps and the last checkpoint, then completes. */
    public Ending finish(int stepsDone) {
        steps(stepsDone + 1, totalSteps()).checkpoint(totalSteps());
        return complete();
    }

    public Ending complete() {
        StringBuilder csv = new StringBuilder();
        journal.writeResult(lease.workId(), csv::append);
        String file = store(csv.toString());
        return leases.succeed(lease, () -> journal.completed(lease.workId(), file));
    }

    private String store(String csv) {
        try {
            ReceivedFile received = intake.receive(
                    order.job().tenantId(),
                    "step_metrics.csv",
                    new ByteArrayInputStream(csv.getBytes(StandardCharsets.UTF_8)));
            return intake.complete(received, FilePurpose.FINE_TUNE_RESULTS, null)
                    .id();
        } catch (IOException e) {
            throw new AssertionError("the result could not be stored", e);
        }
    }

    public Ending fail(WorkError error) {
        return leases.fail(lease, error, () -> journal.failed(lease.workId(), error));
    }

    public Ending giveBack() {
        return leases.giveBack(lease, () -> journal.givenBack(lease.workId()));
    }
}
