package dev.anneal.engine.train;

import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.Group;
import dev.anneal.engine.train.rollout.Ungraded;
import dev.anneal.protocol.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Tells of graders that come to no verdict: each kind of fault once, and the end of a training whose grader says nothing at all. */
final class GradingFaults {

    private final Consumer<Progress> progress;
    private final Set<String> told = new HashSet<>();

    GradingFaults(Consumer<Progress> progress) {
        this.progress = progress;
    }

    /**
     * @param step steps done
     * @throws TrainingException with {@code GRADER_FAILED} or {@code GRADER_UNANSWERED} if no completion has a reward
     */
    void require(int step, List<Group> groups) {
        Ungraded.of(groups).ifPresent(ungraded -> {
            throw new TrainingException(
                    ungraded.mayPass()
                            ? TrainingException.Code.GRADER_UNANSWERED
                            : TrainingException.Code.GRADER_FAILED,
                    step,
                    "the grader gave none of the %d completions of step %d a reward: %s"
                            .formatted(completions(groups).count(), step + 1, ungraded.reason()));
        });
        tell("step " + (step + 1), groups);
    }

    /** @param of what was sampled for, in words */
    void tell(String of, List<Group> groups) {
        List<Completion> failed = completions(groups)
                .filter(completion -> completion.reward() == null)
                .toList();
        failed.stream()
                .flatMap(completion -> completion.grade().errors().stream())
                .filter(error -> told.add(error.grader() + ' ' + error.flag()))
                .forEach(error -> progress.accept(
                        new Progress.Warning("%d of %d completions of %s have no reward; grader '%s' (%s): %s"
                                .formatted(
                                        failed.size(),
                                        completions(groups).count(),
                                        of,
                                        error.grader(),
                                        error.flag().wireName(),
                                        error.message()))));
    }

    private static Stream<Completion> completions(List<Group> groups) {
        return groups.stream().flatMap(group -> group.completions().stream());
    }
}
