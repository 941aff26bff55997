package dev.anneal.engine.train.policy;

import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.model.AdapterShares;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.data.StepPlan;
import dev.anneal.engine.train.passes.StepPasses;
import dev.anneal.engine.train.passes.Steps;
import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.DraftedTokens;
import dev.anneal.engine.train.rollout.Group;
import dev.anneal.engine.train.rollout.RolloutMetrics;
import dev.anneal.engine.train.rollout.SampleExcerpt;
import dev.anneal.engine.train.rollout.Sampler;
import dev.anneal.engine.train.state.CheckpointFolder;
import dev.anneal.engine.train.state.CheckpointWriter;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Raises the probability of completions that are graded above their group's mean (GRPO and its variants). Completions
 * are sampled from the current policy, with its activation at the step's beta, and the ratio of probabilities refers to
 * the policy at that time.
 */
public final class PolicySteps implements Steps {

    /** Rollout number of all validations: they draw the same random numbers, so that they differ only in the policy. */
    private static final int VALIDATION = -1;

    /** About how many rollouts of a job report completions with their texts. */
    private static final int MOST_REPORTED = 200;

    /** Number of groups of a rollout whose completions are reported. */
    private static final int REPORTED_GROUPS = 4;

    /** Number of reported completions of a group. */
    private static final int REPORTED_COMPLETIONS = 8;

    /** File of a rollout in a checkpoint saved between two updates on it. */
    private static final String FILE = "rollout.json";

    private final TrainingMethod.Reinforcement method;
    private final TrainingData.Prompts data;
    private final StepPasses passes;
    private final StepPlan plan;
    private final Sampler sampler;
    private final PolicyUpdate update;
    private final GradingFaults faults;
    private final int sampleInterval;
    private @Nullable PolicyBatch batch;

    /** What {@code batch} is once the computed step is done. */
    private @Nullable PolicyBatch next;

    public PolicySteps(TrainingMethod.Reinforcement method, TrainingData.Prompts data, StepPasses passes) {
        TrainingSettings settings = passes.job().settings();
        this.method = method;
        this.data = data;
        this.passes = passes;
        int updates = method.rollouts().updates();
        int count = (settings.totalSteps() - 1) / updates + 1;
        this.plan = new StepPlan(data.training().size(), settings.batchRows(), count, settings.seed());
        this.sampleInterval = Math.max(method.rollouts().sampleInterval(), count / MOST_REPORTED);
        TrainingMethod.Rollouts rollouts = method.rollouts();
        this.sampler = new Sampler(
                passes.job().model(),
                passes.job().draft(),
                data.wording(),
                data.grading(),
                new Sampling(
                        rollouts.temperature(), rollouts.topK(), rollouts.topP(), rollouts.minP(), settings.seed()),
                rollouts.maxCompletionTokens(),
                new BatchWidth(passes.job().computeThreads(), this::warnOfFewer));
        this.update = new PolicyUpdate(method, passes);
        this.faults = new GradingFaults(passes.progress());
    }

    private void warnOfFewer(BatchWidth breadth) {
        passes.progress()
                .accept(new Progress.Warning(
                        ("what is sampled did not fit into memory: from here on at most %d completions are"
                                        + " sampled at one time")
                                .formatted(breadth.sequences())));
    }

    @Override
    public int perEpoch() {
        return plan.stepsPerEpoch() * method.rollouts().updates();
    }

    @Override
    public Optional<Result> compute(int step, AppliedAdapter adapter) {
        long begin = System.nanoTime();
        PolicyBatch current = batch;
        if (current == null) {
            Optional<PolicyBatch> sampled = rollOut(step, adapter);
            if (sampled.isEmpty()) {
                return Optional.empty();
            }
            current = sampled.get();
            // If the update is stopped, the next checkpoint keeps the rollout, so that graders are not asked again.
            batch = current;
        }
        long sampledAt = System.nanoTime();
        Optional<PolicyUpdate.Outcome> outcome = update.compute(step, current, adapter);
        if (outcome.isEmpty()) {
            return Optional.empty();
        }
        boolean isLast = (step + 1) % method.rollouts().updates() == 0;
        next = isLast ? null : outcome.get().batch();
        Map<String, Double> metrics = new LinkedHashMap<>(current.metrics());
        metrics.putAll(outcome.get().metrics());
        metrics.put("seconds/rollout", (sampledAt - begin) / 1e9);
        metrics.put("seconds/update", (System.nanoTime() - sampledAt) / 1e9);
        return Optional.of(new Result(
                outcome.get().loss(),
                null,
                1,
                new TrainedTokens(
                        current.trainedTokens(), current.tokens(), outcome.get().sharedTokens()),
                outcome.get().negativeLogLikelihood(),
                metrics));
    }

    @Override
    public void done() {
        batch = next;
    }

    private Optional<PolicyBatch> rollOut(int step, AppliedAdapter adapter) {
        int rollout = step / method.rollouts().updates();
        List<EncodedPrompt> prompts = Arrays.stream(plan.rowsOf(rollout))
                .mapToObj(data.training()::get)
                .toList();
        Optional<List<Group>> sampled =
                sample(rollout, prompts, method.rollouts().groupSize(), adapter);
        if (sampled.isEmpty()) {
            return Optional.empty();
        }
        List<Group> groups = sampled.get();
        faults.require(step, groups);
        if (rollout % sampleInterval == 0 || rollout == plan.totalSteps() - 1) {
            passes.progress().accept(samples(step + 1, adapter.beta(), groups));
        }
        return Optional.of(PolicyBatch.of(
                groups,
                Group.advantages(groups, PolicyUpdate.scale(method.policy())),
                method.policy().maskTruncated(),
                metrics(groups)));
    }

    private Map<String, Double> metrics(List<Group> groups) {
        Map<String, Double> metrics =
                RolloutMetrics.of(groups, data.grading().grader().name());
        if (passes.job().draft() != null) {
            metrics.putAll(DraftedTokens.ofRollout(groups).metrics("rollout"));
        }
        return metrics;
    }

    /** Completions of a rollout with their texts, which show what is rewarded, unlike averages. */
    private Progress.Samples samples(int step, double beta, List<Group> groups) {
        List<Progress.Samples.Completion> samples = new ArrayList<>();
        for (Group group : groups.subList(0, Math.min(REPORTED_GROUPS, groups.size()))) {
            String prompt = data.wording().text().apply(group.prompt().ids());
            for (Completion completion : group.completions()
                    .subList(
                            0,
                            Math.min(REPORTED_COMPLETIONS, group.completions().size()))) {
                samples.add(new Progress.Samples.Completion(
                        group.prompt().line(),
                        SampleExcerpt.end(prompt),
                        SampleExcerpt.begin(completion.text()),
                        completion.length(),
                        completion.isCut(),
                        completion.reward(),
                        completion.faults()));
            }
        }
        return new Progress.Samples(step, beta, samples);
    }

    /** Each rank samples for some prompts; the first one grades all. */
    private Optional<List<Group>> sample(
            int rollout, List<EncodedPrompt> prompts, int samples, AppliedAdapter adapter) {
        Ranks ranks = passes.training().ranks();
        Optional<List<Sampler.Answers>> own = passes.training()
                .signal()
                .attempt(betweenTokens -> ranks.own(prompts).stream()
                        .flatMap(portion -> sampler.sample(rollout, portion, samples, adapter, betweenTokens).stream())
                        .toList());
        return ranks.share(own, Sampler.Answers[].class).map(ranks::inOrder).flatMap(answers -> {
            Optional<List<Grade>> graded = passes.training()
                    .signal()
                    .attempt(ignored -> ranks.isFirst() ? sampler.grade(prompts, answers) : List.of());
            return ranks.share(graded, Grade[].class).map(grades -> sampler.groups(prompts, answers, grades.get(0)));
        });
    }

    /** The step's own completions. */
    @Override
    public Optional<Double> probe(AppliedAdapter adapter) {
        return passes.probe(probed(), adapter);
    }

    @Override
    public AdapterShares shares(AppliedAdapter adapter) {
        return passes.shares(probed(), adapter);
    }

    private List<EncodedRow> probed() {
        return StepPasses.few(
                Objects.requireNonNull(batch, "the step is computed").rows(true));
    }

    @Override
    public boolean validate(int step, AppliedAdapter adapter) {
        passes.progress().accept(new Progress.Validating(step, 0, 1));
        Optional<List<Group>> sampled = sample(VALIDATION, data.validation(), method.evaluationSamples(), adapter);
        sampled.ifPresent(groups -> {
            faults.report("the validation after step " + step, groups);
            passes.progress().accept(new Progress.Validation(step, adapter.beta(), null, null, metrics(groups)));
        });
        return sampled.isPresent();
    }

    @Override
    public List<CheckpointWriter.Part> parts() {
        PolicyBatch kept = batch;
        return kept == null ? List.of() : List.of(CheckpointWriter.Part.json(FILE, kept));
    }

    @Override
    public void restore(CheckpointFolder checkpoint) throws IOException {
        batch = checkpoint.json(FILE, PolicyBatch.class);
    }
}
