package dev.anneal.engine.train;

import dev.anneal.engine.grade.GradeError;
import dev.anneal.engine.rollout.Completion;
import dev.anneal.engine.rollout.Group;
import dev.anneal.engine.rollout.Ungraded;
import dev.anneal.protocol.Progress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Tells of graders that come to no verdict: each kind of fault once, and the end of a training whose grader says nothing at all. */
final class GradingFaults {

    private final Consumer<Progress> progress;
    private final Set<String> told = new HashSet<>();

    GradingFaults(Consumer<Progress> progress) {
        this.progress = progress;
    }

    /**
     * @param step steps done
     * @throws TrainingException with {@code GRADER_FAILED} if no completion has a reward
     */
    void require(int step, List<Group> groups) {
        List<Completion> failed = groups.stream()
                .flatMap(group -> group.completions().stream())
                .filter(completion -> completion.reward() == null)
                .toList();
        int all = groups.stream().mapToInt(group -> group.completions().size()).sum();
        Ungraded.reason(groups).ifPresent(reason -> {
            throw new TrainingException(
                    TrainingException.Code.GRADER_FAILED,
                    step,
                    "the grader gave none of the %d completions of step %d a reward: %s"
                            .formatted(all, step + 1, reason));
        });
        failed.forEach(completion -> tell(step, completion, failed.size(), all));
    }

    private void tell(int step, Completion completion, int failed, int all) {
        for (GradeError error : completion.grade().errors()) {
            if (told.add(error.grader() + ' ' + error.flag())) {
                progress.accept(new Progress.Warning(
                        "%d of %d completions of step %d have no reward and train nothing; grader '%s' (%s): %s"
                                .formatted(
                                        failed,
                                        all,
                                        step + 1,
                                        error.grader(),
                                        error.flag().wireName(),
                                        error.message())));
            }
        }
    }
}
