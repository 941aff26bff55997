package dev.anneal.engine.grade;

import java.util.List;
import java.util.Map;

/**
 * Grades completions. Immutable; created by {@link Graders}.
 *
 * @param type the value of {@code type} in the grader object
 * @param itemVariables row variables of its templates, in the order of the grader object
 * @param judges ids of judging models, each with its path in the request
 * @param rewards grades completions
 */
public record Grader(
        String name, String type, List<ItemVariable> itemVariables, Map<String, String> judges, Rewards rewards) {

    /** Grades completions together. */
    @FunctionalInterface
    public interface Rewards {
        List<Grade> of(List<Sample> samples, ExternalGraders outside);
    }

    /**
     * Grades completions together, so that models and endpoints are called once for all of them. Errors are reported in
     * the grades, not as exceptions.
     *
     * @return a grade for each sample, in order
     */
    public List<Grade> grade(List<Sample> samples, ExternalGraders outside) {
        return rewards.of(samples, outside);
    }

    /** Grades one completion. */
    public Grade grade(Sample sample, ExternalGraders outside) {
        return grade(List.of(sample), outside).get(0);
    }
}
