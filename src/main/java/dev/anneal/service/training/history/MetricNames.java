package dev.anneal.service.training.history;

import java.util.List;

/**
 * Names of a method's additional metrics, TRL's and sorted.
 *
 * @param ofSteps metrics of steps
 * @param ofValidations metrics of validations
 */
public record MetricNames(List<String> ofSteps, List<String> ofValidations) {

    public MetricNames {
        ofSteps = List.copyOf(ofSteps);
        ofValidations = List.copyOf(ofValidations);
    }
}
