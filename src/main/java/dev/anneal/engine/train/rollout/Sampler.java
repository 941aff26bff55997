package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Grade;
import dev.anneal.engine.grade.Grader;
import dev.anneal.engine.grade.Sample;
import dev.anneal.engine.math.random.SplitMix64;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.generate.Draft;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.model.AppliedAdapter;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Answer;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.engine.text.data.EncodedPrompt;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Samples completions of prompts and grades them. Samples depend only on the policy, the prompts and the numbers (seed,
 * rollout, line, sample), so that a resumed training repeats the samples of the lost attempt. One exception: if a lane
 * had fewer slots for lack of memory ({@link BatchWidth}), the next attempt starts with all of them again.
 */
public final class Sampler {

    private static final int[] NO_PREDICTION = {};

    private final IncrementalDecoder model;
    private final @Nullable Draft draft;
    private final Detokenizer wording;
    private final Grader grader;
    private final ExternalGraders outside;
    private final Sampling sampling;
    private final int maxTokens;
    private final BatchWidth breadth;

    /**
     * @param model owner of the native memory that is allocated here
     * @param draft proposes tokens of completions, which changes none of them; null for none
     * @param sampling sampling parameters, with the seed of all rollouts
     * @param maxTokens maximum number of tokens of a completion
     * @param breadth number of completions sampled at a time
     */
    public Sampler(
            DecoderModel model,
            @Nullable Draft draft,
            Detokenizer wording,
            Grading grading,
            Sampling sampling,
            int maxTokens,
            BatchWidth breadth) {
        this.model = new IncrementalDecoder(model);
        this.draft = draft;
        this.wording = wording;
        this.grader = grading.grader();
        this.outside = grading.outside();
        this.sampling = sampling;
        this.maxTokens = maxTokens;
        this.breadth = breadth;
    }

    /**
     * Samples.
     *
     * @param rollout number of the rollout: two rollouts of the same prompts draw different numbers
     * @param samples number of completions of each prompt
     * @param policy current adapter, with its activation at its beta
     * @param betweenTokens called by each thread before each token and each prefill; an exception of it ends the work
     *     and is rethrown
     * @return answers to each prompt
     */
    public List<Answers> sample(
            int rollout, List<EncodedPrompt> asked, int samples, AppliedAdapter policy, Runnable betweenTokens) {
        List<Prompt> prompts = new ArrayList<>();
        for (EncodedPrompt prompt : asked) {
            for (int sample = 0; sample < samples; sample++) {
                prompts.add(new Prompt(
                        prompt.ids(),
                        NO_PREDICTION,
                        draft,
                        maxTokens,
                        sampling.withSeed(SplitMix64.key(sampling.seed(), rollout, prompt.line(), sample))));
            }
        }
        List<Answer> answers = new Decoder(model, policy, wording.ends(), breadth).answer(prompts, betweenTokens);
        return IntStream.range(0, asked.size())
                .mapToObj(prompt -> new Answers(answers.subList(prompt * samples, (prompt + 1) * samples)))
                .toList();
    }

    /** Answers to one prompt. */
    public record Answers(List<Answer> answers) {

        public Answers {
            answers = List.copyOf(answers);
        }
    }

    /** Grades the answers to all prompts, in order. */
    public List<Grade> grade(List<EncodedPrompt> asked, List<Answers> answers) {
        List<Sample> toGrade = new ArrayList<>();
        for (int prompt = 0; prompt < asked.size(); prompt++) {
            for (Answer answer : answers.get(prompt).answers()) {
                Map<String, @Nullable Object> item =
                        new LinkedHashMap<>(asked.get(prompt).item());
                toGrade.add(new Sample(item, wording.text().apply(answer.tokens())));
            }
        }
        return grader.grade(toGrade, outside);
    }

    /** Each prompt with its graded answers. */
    public List<Group> groups(List<EncodedPrompt> asked, List<Answers> answers, List<Grade> grades) {
        Iterator<Grade> grade = grades.iterator();
        List<Group> groups = new ArrayList<>();
        for (int prompt = 0; prompt < asked.size(); prompt++) {
            List<Completion> completions = answers.get(prompt).answers().stream()
                    .map(answer -> new Completion(
                            answer.chosen(),
                            answer.isCut(),
                            wording.text().apply(answer.tokens()),
                            grade.next(),
                            DraftedTokens.of(answer)))
                    .toList();
            groups.add(new Group(asked.get(prompt), completions));
        }
        return groups;
    }
}
