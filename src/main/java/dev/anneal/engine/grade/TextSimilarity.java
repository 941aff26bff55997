package dev.anneal.engine.grade;

import dev.anneal.engine.grade.metric.Metric;
import java.util.List;

/** {@code text_similarity}: how much a text is like another, from 0 to 1. */
record TextSimilarity(String name, Template input, Template reference, Metric metric) implements Grader {

    static final String TYPE = "text_similarity";

    /** UTF-16 units of either text that are compared. Each metric takes at most a few seconds and some tens of megabytes for that many, whatever they are. */
    static final int MAX_COMPARED = 65_536;

    static TextSimilarity read(GraderObject object, String name) {
        object.number(GraderObject.PASS_THRESHOLD, -Grade.MAX_MAGNITUDE, Grade.MAX_MAGNITUDE);
        return new TextSimilarity(
                name,
                object.template("input"),
                object.template("reference"),
                object.choice("evaluation_metric", Metric.class));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<ItemVariable> itemVariables() {
        return Template.itemVariables(name, List.of(input, reference));
    }

    @Override
    public List<Grade> grade(List<Sample> samples, Outside outside) {
        return samples.stream().map(this::grade).toList();
    }

    private Grade grade(Sample sample) {
        try {
            String text = input.fill(sample);
            String expected = reference.fill(sample);
            Grade grade = Grade.of(name, metric.similarity(compared(text), compared(expected)));
            int longest = Math.max(text.length(), expected.length());
            return longest <= MAX_COMPARED ? grade : grade.withError(truncated(longest));
        } catch (UnfilledException e) {
            return Grade.unfilled(name, e);
        }
    }

    private GradeError truncated(int length) {
        String message = "compared the first " + MAX_COMPARED + " characters of a text of " + length;
        return new GradeError(ErrorFlag.TRUNCATED_OBSERVATION_ERROR, name, message);
    }

    private static String compared(String text) {
        return text.length() <= MAX_COMPARED ? text : text.substring(0, MAX_COMPARED);
    }
}
