package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.GradeError;
import java.util.List;
import java.util.Optional;

/**
 * Why none of the completions has a reward.
 *
 * @param reason the first error that may be temporary, or else the first error
 * @param mayPass whether a model or endpoint did not answer; otherwise a retry has the same result
 */
public record UngradedReason(String reason, boolean mayPass) {

    /** @return empty if a completion has a reward, or if there are none */
    public static Optional<UngradedReason> of(List<Group> groups) {
        List<Completion> completions = Group.completions(groups);
        if (completions.isEmpty() || completions.stream().anyMatch(each -> each.reward() != null)) {
            return Optional.empty();
        }
        List<GradeError> errors = completions.stream()
                .flatMap(each -> each.grade().errors().stream())
                .toList();
        Optional<GradeError> passing =
                errors.stream().filter(error -> error.flag().isOfNoAnswer()).findFirst();
        String reason = passing.or(() -> errors.stream().findFirst())
                .map(UngradedReason::describe)
                .orElse("it gives no reason");
        return Optional.of(new UngradedReason(reason, passing.isPresent()));
    }

    private static String describe(GradeError error) {
        return "'%s' (%s): %s".formatted(error.grader(), error.flag().wireName(), error.message());
    }
}
