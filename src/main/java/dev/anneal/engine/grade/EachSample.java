package dev.anneal.engine.grade;

import java.util.List;

/** The grade of a completion that is looked at by itself. */
@FunctionalInterface
interface EachSample {

    double reward(Sample sample) throws UnfilledException;

    /** Grades each; a template that cannot be filled is an error of its completion alone. */
    default List<Grade> grade(String grader, List<Sample> samples) {
        return samples.stream().map(sample -> grade(grader, sample)).toList();
    }

    private Grade grade(String grader, Sample sample) {
        try {
            return Grade.of(grader, reward(sample));
        } catch (UnfilledException e) {
            return Grade.unfilled(grader, e);
        }
    }
}
