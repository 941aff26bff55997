package dev.anneal.engine.rollout;

import dev.anneal.engine.grade.GradeError;
import java.util.List;
import java.util.Optional;

/** Completions of which a grader says nothing: with none that has a reward there is nothing to learn and nothing to report. */
public final class Ungraded {

    private Ungraded() {}

    /** @return why no completion has a reward, in words; empty if one has, or if there are none */
    public static Optional<String> reason(List<Group> groups) {
        List<Completion> completions =
                groups.stream().flatMap(group -> group.completions().stream()).toList();
        if (completions.isEmpty() || completions.stream().anyMatch(each -> each.reward() != null)) {
            return Optional.empty();
        }
        return Optional.of(completions.stream()
                .flatMap(each -> each.grade().errors().stream())
                .findFirst()
                .map(Ungraded::described)
                .orElse("it says no reason"));
    }

    private static String described(GradeError error) {
        return "'%s' (%s): %s".formatted(error.grader(), error.flag().wireName(), error.message());
    }
}
