package dev.anneal.engine.run.evaluate;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.fault.DataException;
import dev.anneal.engine.text.rows.DatasetFile;
import dev.anneal.engine.text.rows.PromptRow;
import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.rollout.Grading;
import dev.anneal.engine.train.rollout.Group;
import dev.anneal.engine.train.rollout.RolloutMetrics;
import dev.anneal.engine.train.rollout.SampleExcerpt;
import dev.anneal.engine.train.rollout.Sampler;
import dev.anneal.engine.train.rollout.UngradedReason;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Samples completions of each prompt and grades them. A prompt that fills the model's context gets an empty completion.
 */
final class RewardEvaluator implements Evaluator {

    /**
     * Rollout number for drawing random numbers, the same in all evaluations, so that evaluations of a file differ only
     * in the model.
     */
    private static final int ROLLOUT = 0;

    private final EvaluateTask task;
    private final EvaluateTask.Grading settings;
    private final Grading grading;
    private final Detokenizer wording;
    private final List<EncodedPrompt> prompts;
    private final List<String> questions;

    private RewardEvaluator(
            EvaluateTask task,
            EvaluateTask.Grading settings,
            Grading grading,
            Detokenizer wording,
            List<Question> questions) {
        this.task = task;
        this.settings = settings;
        this.grading = grading;
        this.wording = wording;
        this.prompts = questions.stream().map(Question::prompt).toList();
        this.questions = questions.stream().map(Question::text).toList();
    }

    /** A row's tokens and its last user message. */
    private record Question(EncodedPrompt prompt, String text) {}

    static Evaluator read(
            EvaluateTask task, EvaluateTask.Grading settings, ChatEncoder encoder, ExternalGraders outside)
            throws IOException {
        List<Question> questions = new ArrayList<>();
        DatasetFile.forEach(Path.of(task.testFile()), (line, row) -> {
            if (!(row instanceof PromptRow prompt)) {
                throw new DataException(
                        DataException.Code.DATASET_INVALID,
                        "line %d: expected a prompt, found a row of %s".formatted(line, row.format()));
            }
            int[] ids = encoder.encodePrompt(line, prompt.prompt());
            questions.add(new Question(
                    new EncodedPrompt(line, ids, prompt.item()),
                    LastQuestion.in(prompt.prompt().messages())));
        });
        Grading grading = new Grading(Graders.parse(settings.grader(), "grader"), outside);
        return new RewardEvaluator(task, settings, grading, Detokenizer.of(encoder), questions);
    }

    @Override
    public Progress.Evaluated evaluate(DecoderModel model, AppliedAdapter adapter, Runnable betweenTokens) {
        Sampling sampling = new Sampling(settings.temperature(), 0, 1, 0, settings.seed());
        Sampler sampler = new Sampler(
                model,
                null,
                wording,
                grading,
                sampling,
                task.maxNewTokens(),
                new BatchWidth(task.machine().computeThreads()));
        List<Sampler.Answers> answers =
                sampler.sample(ROLLOUT, prompts, settings.completions(), adapter, betweenTokens);
        List<Group> groups = sampler.groups(prompts, answers, sampler.grade(prompts, answers));
        UngradedReason.of(groups).ifPresent(ungraded -> {
            throw new GraderFailedException(
                    "the grader gave none of the %d completions a reward: %s"
                            .formatted(prompts.size() * settings.completions(), ungraded.reason()),
                    ungraded.mayPass());
        });
        return new Progress.Evaluated(
                groups.size(), null, RolloutMetrics.of(groups, grading.grader().name()), samples(groups));
    }

    /** The first completion of each of the first prompts, so that the selection does not depend on rewards. */
    private List<Progress.Evaluated.Sample> samples(List<Group> groups) {
        List<Progress.Evaluated.Sample> samples = new ArrayList<>();
        for (int row = 0; row < Math.min(task.sampleRows(), groups.size()); row++) {
            Completion first = groups.get(row).completions().get(0);
            samples.add(new Progress.Evaluated.Sample(
                    SampleExcerpt.end(questions.get(row)),
                    null,
                    SampleExcerpt.begin(first.text()),
                    first.reward(),
                    first.faults().stream().map(SampleExcerpt::begin).toList()));
        }
        return samples;
    }
}
