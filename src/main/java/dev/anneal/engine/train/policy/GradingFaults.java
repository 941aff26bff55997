package dev.anneal.engine.train.policy;

import dev.anneal.engine.train.rollout.Completion;
import dev.anneal.engine.train.rollout.Group;
import dev.anneal.engine.train.rollout.UngradedReason;
import dev.anneal.engine.train.state.TrainingException;
import dev.anneal.protocol.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Reports graders that give no reward, each kind of error once, and ends a training whose grader gives none at all. */
final class GradingFaults {

    private final Consumer<Progress> progress;
    private final Set<String> reported = new HashSet<>();

    GradingFaults(Consumer<Progress> progress) {
        this.progress = progress;
    }

    /**
     * @param step steps done
     * @throws TrainingException with {@code GRADER_FAILED} or {@code GRADER_UNANSWERED} if no completion has a reward
     */
    void require(int step, List<Group> groups) {
        UngradedReason.of(groups).ifPresent(ungraded -> {
            throw new TrainingException(
                    ungraded.mayPass()
                            ? TrainingException.Code.GRADER_UNANSWERED
                            : TrainingException.Code.GRADER_FAILED,
                    step,
                    "the grader gave none of the %d completions of step %d a reward: %s"
                            .formatted(Group.completions(groups).size(), step + 1, ungraded.reason()));
        });
        report("step " + (step + 1), groups);
    }

    /** @param of what the completions were sampled for, in words */
    void report(String of, List<Group> groups) {
        List<Completion> all = Group.completions(groups);
        List<Completion> failed =
                all.stream().filter(completion -> completion.reward() == null).toList();
        failed.stream()
                .flatMap(completion -> completion.grade().errors().stream())
                .filter(error -> reported.add(error.grader() + ' ' + error.flag()))
                .forEach(error -> progress.accept(
                        new Progress.Warning("%d of %d completions of %s have no reward; grader '%s' (%s): %s"
                                .formatted(
                                        failed.size(),
                                        all.size(),
                                        of,
                                        error.grader(),
                                        error.flag().wireName(),
                                        error.message()))));
    }
}
