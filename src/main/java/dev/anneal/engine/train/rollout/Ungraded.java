package dev.anneal.engine.train.rollout;

import dev.anneal.engine.grade.GradeError;
import java.util.List;
import java.util.Optional;

/**
 * Completions of which a grader says nothing: with none that has a reward there is nothing to learn and nothing to report.
 *
 * @param reason in words: what may pass, if anything may, else the first fault
 * @param mayPass whether somebody whom the grader asks did not answer; else grading again comes to the same
 */
public record Ungraded(String reason, boolean mayPass) {

    /** @return empty if a completion has a reward, or if there are none */
    public static Optional<Ungraded> of(List<Group> groups) {
        List<Completion> completions =
                groups.stream().flatMap(group -> group.completions().stream()).toList();
        if (completions.isEmpty() || completions.stream().anyMatch(each -> each.reward() != null)) {
            return Optional.empty();
        }
        List<GradeError> errors = completions.stream()
                .flatMap(each -> each.grade().errors().stream())
                .toList();
        Optional<GradeError> passing =
                errors.stream().filter(error -> error.flag().isOfNoAnswer()).findFirst();
        String reason = passing.or(() -> errors.stream().findFirst())
                .map(Ungraded::described)
                .orElse("it says no reason");
        return Optional.of(new Ungraded(reason, passing.isPresent()));
    }

    private static String described(GradeError error) {
        return "'%s' (%s): %s".formatted(error.grader(), error.flag().wireName(), error.message());
    }
}
