package dev.anneal.engine.train;

import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.grade.Graders;
import dev.anneal.engine.text.data.EncodedPrompt;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.passes.GoldenBatches;
import dev.anneal.engine.train.rollout.Detokenizer;
import dev.anneal.engine.train.rollout.Grading;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.protocol.TrainingMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Prompts for golden models, whose tokens read as letters, and the settings of a training on them. */
final class PromptFixture {

    static final int MAX_TOKENS = 6;

    /** How like a word the letters are: completions of one prompt differ in it. */
    static final Map<String, Object> LIKENESS = Map.of(
            "type", "text_similarity",
            "name", "likeness",
            "input", "{{sample.output_text}}",
            "reference", "{{item.answer}}",
            "evaluation_metric", "fuzzy_match");

    /** Whether a letter is among them. */
    static final Map<String, Object> LETTER = Map.of(
            "type", "string_check",
            "name", "letter",
            "input", "{{sample.output_text}}",
            "reference", "e",
            "operation", "like");

    private PromptFixture() {}

    static TrainingData.Prompts prompts(Map<String, Object> grader, int count) {
        List<EncodedPrompt> prompts = new ArrayList<>();
        for (EncodedRow row : GoldenBatches.forPlan().subList(0, count)) {
            int[] ids = Arrays.copyOf(row.ids(), 5);
            prompts.add(new EncodedPrompt(row.line(), ids, Map.of("answer", "aeiou")));
        }
        return new TrainingData.Prompts(
                prompts,
                prompts.subList(0, Math.min(2, count)),
                new Detokenizer(Set.of(2, 3, 5, 7, 11), PromptFixture::letters),
                new Grading(Graders.parse(grader, "grader"), ExternalGraders.NONE),
                4,
                MAX_TOKENS);
    }

    private static String letters(int[] ids) {
        return Arrays.stream(ids)
                .mapToObj(id -> String.valueOf((char) ('a' + id % 26)))
                .collect(Collectors.joining());
    }

    static TrainingMethod.Reinforcement method(
            Map<String, Object> grader, TrainingMethod.Policy policy, int maxTokens, int updates) {
        return new TrainingMethod.Reinforcement(
                grader, new TrainingMethod.Rollouts(4, maxTokens, 1.2, 0, 1, 0, updates, 2), null, policy, 2);
    }

    static TrainingMethod.Policy policy(String loss, double klWeight) {
        return new TrainingMethod.Policy(loss, 0.2, 0.28, klWeight, "group", false);
    }
}
