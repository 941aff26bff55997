package dev.anneal.service.training.history;

import java.util.List;

/**
 * What a job's method measures beside what every method does, by TRL's names, sorted.
 *
 * @param ofSteps in steps
 * @param ofValidations where the validation file is read
 */
public record MetricNames(List<String> ofSteps, List<String> ofValidations) {

    public MetricNames {
        ofSteps = List.copyOf(ofSteps);
        ofValidations = List.copyOf(ofValidations);
    }
}
