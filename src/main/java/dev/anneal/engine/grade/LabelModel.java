package dev.anneal.engine.grade;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** {@code label_model}: 1 if a model gives one of the labels that pass, 0 if it gives another. */
record LabelModel(String name, JudgeQuestion question, List<String> labels, List<String> passing) implements Grader {

    static final String TYPE = "label_model";

    private static final int MOST_LABELS = 128;

    static LabelModel read(GraderObject object, String name) {
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
        return new LabelModel(name, JudgeQuestion.read(object), labels, passing);
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
        return question.grade(
                name,
                samples,
                outside,
                answer -> JudgeAnswer.label(answer, labels)
                        .map(label -> OptionalDouble.of(passing.contains(label) ? 1 : 0))
                        .orElse(OptionalDouble.empty()));
    }
}
