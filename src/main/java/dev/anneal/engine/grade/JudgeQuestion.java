package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked about completions, and how.
 *
 * @param model id of the model, as the client gave it
 * @param place where the request names it
 */
record JudgeQuestion(String model, String place, Prompt prompt, Judge.Sampling sampling) {

    private static final int MOST_TOKENS = 32_768;
    private static final double HOTTEST = 2;

    static JudgeQuestion read(GraderObject grader) {
        grader.number(GraderObject.PASS_THRESHOLD, -Grade.MAX_MAGNITUDE, Grade.MAX_MAGNITUDE);
        return new JudgeQuestion(
                grader.requiredText("model"),
                grader.param("model"),
                Prompt.read(grader),
                sampling(grader.object("sampling_params")));
    }

    private static Judge.Sampling sampling(@Nullable GraderObject params) {
        if (params == null) {
            return Judge.Sampling.GREEDY;
        }
        Double temperature = params.number("temperature", 0, HOTTEST);
        Double topP = params.number("top_p", 0, 1);
        Judge.Sampling sampling = new Judge.Sampling(
                temperature == null ? 0 : temperature,
                topP == null ? 1 : topP,
                params.wholeNumber("max_completions_tokens", 1, MOST_TOKENS),
                params.wholeNumber("seed", 0, Integer.MAX_VALUE));
        if (params.value("reasoning_effort") != null) {
            throw GraderException.notSupported(
                    params.param("reasoning_effort"), "is given, and no model here has one to set: leave it out");
        }
        params.refuseOthers();
        return sampling;
    }

    Map<String, String> models() {
        return Map.of(model, place);
    }

    /**
     * Asks about all completions at one time.
     *
     * @param reward of an answer; empty if it holds none
     */
    List<Grade> grade(String grader, List<Sample> samples, Outside outside, Function<String, OptionalDouble> reward) {
        Grade[] grades = new Grade[samples.size()];
        List<Integer> asked = new ArrayList<>();
        List<List<Judge.Message>> conversations = new ArrayList<>();
        for (int i = 0; i < grades.length; i++) {
            try {
                conversations.add(prompt.fill(samples.get(i)));
                asked.add(i);
            } catch (UnfilledException e) {
                grades[i] = Grade.unfilled(grader, e);
            }
        }
        List<Judge.Answer> answers = outside.answers(model, conversations, sampling);
        for (int i = 0; i < answers.size(); i++) {
            Judge.Answer answer = answers.get(i);
            grades[asked.get(i)] = grade(grader, answer, reward).withJudgeTokens(model, answer.tokens());
        }
        return List.of(grades);
    }

    private static Grade grade(String grader, Judge.Answer answer, Function<String, OptionalDouble> reward) {
        String text = answer.text();
        if (text == null) {
            String failure = answer.failure();
            return Grade.none(new GradeError(
                    ErrorFlag.MODEL_GRADER_SERVER_ERROR,
                    grader,
                    failure == null ? "the model gave no answer" : failure));
        }
        if (text.isBlank()) {
            return Grade.none(
                    new GradeError(ErrorFlag.MODEL_GRADER_REFUSAL_ERROR, grader, "the model answered nothing"));
        }
        OptionalDouble found = reward.apply(text);
        return found.isPresent()
                ? Grade.of(grader, found.getAsDouble())
                : Grade.none(new GradeError(
                        ErrorFlag.MODEL_GRADER_PARSE_ERROR,
                        grader,
                        "the model's answer holds no verdict that can be told: " + GraderObject.shown(text)));
    }
}
