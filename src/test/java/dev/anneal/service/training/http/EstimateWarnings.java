package dev.anneal.service.training.http;

import java.util.List;
import tools.jackson.databind.JsonNode;

/** Warnings of estimates. */
final class EstimateWarnings {

    private EstimateWarnings() {}

    /** All but those on the duration, which depend on what other tests have trained within the last 15 seconds. */
    static List<String> ofRows(JsonNode estimate) {
        return estimate.path("warnings")
                .valueStream()
                .map(JsonNode::asString)
                .filter(warning -> !warning.startsWith("The duration of ") && !warning.startsWith("How long "))
                .toList();
    }
}
