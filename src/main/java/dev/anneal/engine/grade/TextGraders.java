package dev.anneal.engine.grade;

import dev.anneal.engine.grade.metric.Metric;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;

/** Graders that compare two texts. */
final class TextGraders {

    static final String STRING_CHECK = "string_check";
    static final String TEXT_SIMILARITY = "text_similarity";

    /**
     * Maximum number of UTF-16 units of each compared text, for which every metric needs at most a few seconds and some
     * tens of megabytes.
     */
    static final int MAX_COMPARED = 65_536;

    private TextGraders() {}

    /** Comparisons of {@code string_check}. */
    enum Operation {
        /** The input is the reference. */
        EQ,
        /** The input is not the reference. */
        NE,
        /** The input contains the reference. */
        LIKE,
        /** The input contains the reference, ignoring case. */
        ILIKE;

        boolean holds(String input, String reference) {
            return switch (this) {
                case EQ -> input.equals(reference);
                case NE -> !input.equals(reference);
                case LIKE -> Containment.contains(input, reference);
                case ILIKE -> Containment.contains(input.toLowerCase(Locale.ROOT), reference.toLowerCase(Locale.ROOT));
            };
        }
    }

    /** {@code string_check}: 1 if the comparison of two texts holds, otherwise 0. White space counts. */
    static Grader stringCheck(GraderObject object, String name) {
        Template input = object.template("input");
        Template reference = object.template("reference");
        Operation operation = object.choice("operation", Operation.class);
        return grader(
                name,
                STRING_CHECK,
                List.of(input, reference),
                (text, expected) -> Grade.of(name, operation.holds(text, expected) ? 1 : 0));
    }

    /** {@code text_similarity}: similarity of two texts, 0 to 1. */
    static Grader textSimilarity(GraderObject object, String name) {
        object.passThreshold();
        Template input = object.template("input");
        Template reference = object.template("reference");
        Metric metric = object.choice("evaluation_metric", Metric.class);
        return grader(name, TEXT_SIMILARITY, List.of(input, reference), (text, expected) -> {
            Grade grade = Grade.of(name, metric.similarity(compared(text), compared(expected)));
            int longest = Math.max(text.length(), expected.length());
            return longest <= MAX_COMPARED ? grade : grade.withError(truncated(name, longest));
        });
    }

    /** @param texts templates of the input and the reference */
    private static Grader grader(
            String name, String type, List<Template> texts, BiFunction<String, String, Grade> comparison) {
        return new Grader(
                name,
                type,
                Template.itemVariables(name, texts),
                Map.of(),
                (samples, outside) -> samples.stream()
                        .map(sample -> grade(name, texts, sample, comparison))
                        .toList());
    }

    private static Grade grade(
            String name, List<Template> texts, Sample sample, BiFunction<String, String, Grade> comparison) {
        try {
            return comparison.apply(texts.get(0).fill(sample), texts.get(1).fill(sample));
        } catch (UnfillableTemplateException e) {
            return Grade.unfilled(name, e);
        }
    }

    private static String compared(String text) {
        return text.length() <= MAX_COMPARED ? text : text.substring(0, MAX_COMPARED);
    }

    private static GradeError truncated(String name, int length) {
        String message = "compared the first " + MAX_COMPARED + " characters of a text of " + length;
        return new GradeError(ErrorFlag.TRUNCATED_OBSERVATION_ERROR, name, message);
    }
}
