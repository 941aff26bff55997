package dev.anneal.service.training.history;

import java.util.List;

/**
 * Names of the metrics that a job's method has beyond those of every method, as TRL names them, sorted.
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
