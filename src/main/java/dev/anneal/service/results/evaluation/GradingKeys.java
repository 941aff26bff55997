package dev.anneal.service.results.evaluation;

import dev.anneal.protocol.EvaluateTask.Grading;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.request.GraderObjects;
import dev.anneal.service.platform.request.StrictObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Reads the keys of a request that concern a grader. */
final class GradingKeys {

    private static final String GRADER = "grader";
    private static final List<String> OF_GRADED = List.of("completions", "temperature", "seed");
    private static final int MOST_COMPLETIONS = 64;

    /** Lower temperatures count as 0. */
    private static final double LEAST_TEMPERATURE = 1e-6;

    private GradingKeys() {}

    /** @return null if there is no grader */
    static @Nullable Grading read(StrictObject body) {
        Map<String, @Nullable Object> grader = body.map(GRADER);
        Integer completions = body.wholeNumber("completions", 1, MOST_COMPLETIONS);
        Double temperature = body.number("temperature", "[0, 2]");
        Long seed = body.longNumber("seed");
        if (grader == null) {
            refuseWithoutGrader(body);
            return null;
        }
        GraderObjects.read(grader, GRADER);
        return new Grading(
                grader,
                Objects.requireNonNullElse(completions, 1),
                temperature == null ? 1 : temperature < LEAST_TEMPERATURE ? 0 : temperature,
                Objects.requireNonNullElse(seed, 0L));
    }

    private static void refuseWithoutGrader(StrictObject body) {
        for (String key : OF_GRADED) {
            if (body.has(key)) {
                throw Refusal.invalidValue(
                        key,
                        "'" + key + "' is given without 'grader', so that answers are the likeliest ones, compared with"
                                + " the test file's; leave it out, or give a 'grader' with a test file of prompts");
            }
        }
    }
}
