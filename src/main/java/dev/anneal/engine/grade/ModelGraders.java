package dev.anneal.engine.grade;

import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Graders that ask a model about completions. */
final class ModelGraders {

    static final String SCORE_MODEL = "score_model";
    static final String LABEL_MODEL = "label_model";

    private static final int MOST_LABELS = 128;
    private static final int MOST_TOKENS = 32_768;
    private static final double HOTTEST = 2;

    private ModelGraders() {}

    /** {@code score_model}: a model's score, limited to a range. */
    static Grader scoreModel(GraderObject object, String name) {
        Question question = Question.read(object);
        double[] range = range(object);
        return question.grader(name, SCORE_MODEL, answer -> {
            OptionalDouble score = JudgeAnswer.score(answer);
            return score.isPresent()
                    ? OptionalDouble.of(Math.min(range[1], Math.max(range[0], score.getAsDouble())))
                    : score;
        });
    }

    private static double[] range(GraderObject object) {
        Object range = object.value("range");
        if (range == null) {
            return new double[] {0, 1};
        }
        double[] bounds = range instanceof List<?> list ? bounds(list) : new double[0];
        if (bounds.length != 2 || !(bounds[0] < bounds[1])) {
            throw object.invalid("range", "must be two numbers between -1e6 and 1e6, the lower one first", range);
        }
        return bounds;
    }

    /** Non-numbers and numbers that are too large become NaN, which fails all comparisons. */
    private static double[] bounds(List<?> values) {
        return values.stream()
                .mapToDouble(value -> value instanceof Number number ? number.doubleValue() : Double.NaN)
                .map(number -> Math.abs(number) <= Grade.MAX_MAGNITUDE ? number : Double.NaN)
                .toArray();
    }

    /** {@code label_model}: 1 if a model gives one of the labels that pass, 0 if it gives another. */
    static Grader labelModel(GraderObject object, String name) {
        List<String> labels = texts(object, "labels");
        List<String> passing = texts(object, "passing_labels");
        for (String label : passing) {
            if (!labels.contains(label)) {
                throw GraderException.invalid(
                        object.param("passing_labels"),
                        "holds " + GraderObject.shown(label) + ", which is none of 'labels': "
                                + String.join(", ", labels));
            }
        }
        return Question.read(object)
                .grader(
                        name,
                        LABEL_MODEL,
                        answer -> JudgeAnswer.label(answer, labels)
                                .map(label -> OptionalDouble.of(passing.contains(label) ? 1 : 0))
                                .orElse(OptionalDouble.empty()));
    }

    private static List<String> texts(GraderObject object, String key) {
        List<String> texts = new ArrayList<>();
        for (Object value : object.requiredList(key, MOST_LABELS)) {
            if (!(value instanceof String text) || text.isBlank() || texts.contains(text)) {
                throw object.invalid(key, "must hold different, non-empty strings", value);
            }
            texts.add(text);
        }
        return List.copyOf(texts);
    }

    /**
     * The question to a model.
     *
     * @param place path of the model in the request
     * @param open the question without conversations
     */
    private record Question(String place, JudgePrompt prompt, GradingQuestion.OfModel open) {

        static Question read(GraderObject grader) {
            grader.passThreshold();
            String model = grader.requiredText("model");
            return new Question(
                    grader.param("model"), JudgePrompt.read(grader), open(model, grader.object("sampling_params")));
        }

        /** Without {@code sampling_params} decoding is greedy. */
        private static GradingQuestion.OfModel open(String model, @Nullable GraderObject params) {
            if (params == null) {
                return new GradingQuestion.OfModel(model, List.of(), 0, 1, null, null);
            }
            Double temperature = params.number("temperature", 0, HOTTEST);
            Double topP = params.number("top_p", 0, 1);
            GradingQuestion.OfModel question = new GradingQuestion.OfModel(
                    model,
                    List.of(),
                    temperature == null ? 0 : temperature,
                    topP == null ? 1 : topP,
                    params.wholeNumber("max_completions_tokens", 1, MOST_TOKENS),
                    params.wholeNumber("seed", 0, Integer.MAX_VALUE));
            if (params.value("reasoning_effort") != null) {
                throw GraderException.notSupported(
                        params.param("reasoning_effort"), "is given, and no model here has one to set: leave it out");
            }
            params.refuseOthers();
            return question;
        }

        /**
         * @param reward reads the reward of an answer; empty if it has none
         */
        Grader grader(String name, String type, Function<String, OptionalDouble> reward) {
            return new Grader(
                    name,
                    type,
                    Template.itemVariables(name, prompt.templates()),
                    Map.of(open.model(), place),
                    (samples, outside) -> grade(name, samples, outside, reward));
        }

        /** Asks about all completions at once. */
        private List<Grade> grade(
                String grader, List<Sample> samples, ExternalGraders outside, Function<String, OptionalDouble> reward) {
            Grade[] grades = new Grade[samples.size()];
            List<Integer> asked = new ArrayList<>();
            List<List<GradingQuestion.Message>> conversations = new ArrayList<>();
            for (int i = 0; i < grades.length; i++) {
                try {
                    conversations.add(prompt.fill(samples.get(i)));
                    asked.add(i);
                } catch (UnfillableTemplateException e) {
                    grades[i] = Grade.unfilled(grader, e);
                }
            }
            List<GradingReply.Answer> answers = outside.answers(open.about(conversations));
            for (int i = 0; i < answers.size(); i++) {
                GradingReply.Answer answer = answers.get(i);
                grades[asked.get(i)] =
                        ModelGraders.grade(grader, answer, reward).withJudgeTokens(open.model(), answer.tokens());
            }
            return List.of(grades);
        }
    }

    private static Grade grade(String grader, GradingReply.Answer answer, Function<String, OptionalDouble> reward) {
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
