package dev.anneal.engine.grade;

import java.util.List;
import java.util.Map;

/**
 * Says what completions are worth. Immutable, safe for use by several threads; made by {@link Graders}.
 *
 * @param type the value of {@code type} in the grader object
 * @param itemVariables what its templates read from rows, in the order of the grader object
 * @param judges models that it asks to judge: their ids, each with a place in the request that names it
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
     * Grades completions together, so that models and endpoints are asked once for all of them. What goes wrong is in the grades: rows, completions,
     * models and endpoints cause no exception.
     *
     * @return a grade for each sample, in their order
     */
    public List<Grade> grade(List<Sample> samples, ExternalGraders outside) {
        return rewards.of(samples, outside);
    }

    /** Grades one completion. */
    public Grade grade(Sample sample, ExternalGraders outside) {
        return grade(List.of(sample), outside).get(0);
    }
}
