package dev.anneal.engine.grade;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** Says what completions are worth. Immutable, safe for use by several threads; made by {@link Graders}. */
public sealed interface Grader permits StringCheck, TextSimilarity, ScoreModel, LabelModel, EndpointGrader, Multi {

    String name();

    /** The value of {@code type} in the grader object. */
    String type();

    /**
     * Grades completions together, so that models and endpoints are asked once for all of them. Whatever goes wrong is in the grades: nothing is
     * thrown because of what rows, completions, models or endpoints hold.
     *
     * @return a grade for each sample, in their order
     */
    List<Grade> grade(List<Sample> samples, Outside outside);

    /** Grades one completion. */
    default Grade grade(Sample sample, Outside outside) {
        return grade(List.of(sample), outside).get(0);
    }

    /** What its templates read from rows, in the order of the grader object. */
    default List<ItemVariable> itemVariables() {
        return List.of();
    }

    /**
     * Models that are asked to judge; empty for graders that compute their rewards themselves.
     *
     * @return their ids, each with a place in the request that names it
     */
    default Map<String, String> judges() {
        return Map.of();
    }

    /** Endpoints that are asked. */
    default Set<EndpointClient.Endpoint> endpoints() {
        return Set.of();
    }
}
