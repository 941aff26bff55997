package dev.anneal.engine.grade;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** {@code score_model}: the number that a model gives, brought into a range. */
record ScoreModel(String name, JudgeQuestion question, double least, double most) implements Grader {

    static final String TYPE = "score_model";

    static ScoreModel read(GraderObject object, String name) {
        JudgeQuestion question = JudgeQuestion.read(object);
        Object range = object.value("range");
        if (range == null) {
            return new ScoreModel(name, question, 0, 1);
        }
        double[] bounds = range instanceof List<?> list ? bounds(list) : new double[0];
        if (bounds.length != 2 || !(bounds[0] < bounds[1])) {
            throw object.invalid("range", "must be two numbers between -1e6 and 1e6, the lower one first", range);
        }
        return new ScoreModel(name, question, bounds[0], bounds[1]);
    }

    /** What is no number, or too large a one, becomes NaN, which no bound is above. */
    private static double[] bounds(List<?> values) {
        return values.stream()
                .mapToDouble(value -> value instanceof Number number ? number.doubleValue() : Double.NaN)
                .map(number -> Math.abs(number) <= Grade.MAX_MAGNITUDE ? number : Double.NaN)
                .toArray();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<ItemVariable> itemVariables() {
        return Template.itemVariables(name, question.prompt().templates());
    }

    @Override
    public Map<String, String> judges() {
        return question.models();
    }

    @Override
    public List<Grade> grade(List<Sample> samples, Outside outside) {
        return question.grade(name, samples, outside, this::reward);
    }

    private OptionalDouble reward(String answer) {
        OptionalDouble score = JudgeAnswer.score(answer);
        return score.isPresent() ? OptionalDouble.of(Math.min(most, Math.max(least, score.getAsDouble()))) : score;
    }
}
