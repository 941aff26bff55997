package dev.anneal.engine.run;

import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.protocol.TrainTask;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The open group of a training's processes; without a group there is nothing to close. */
record LoadedGroup(@Nullable TensorScope scope, @Nullable ProcessGroup group) implements AutoCloseable {

    /**
     * A last resort: a silent process is killed long before by its supervisor. Longer than graders may take, for which
     * the other processes wait.
     */
    private static final Duration TIMEOUT = SupervisorGraders.PATIENCE.multipliedBy(2);

    /** Opens it, once all of its processes do. */
    static LoadedGroup of(TrainTask.@Nullable Group group) {
        if (group == null) {
            return new LoadedGroup(null, null);
        }
        TensorScope scope = TensorScope.open("cpu");
        ProcessGroup.Meeting meeting = new ProcessGroup.Meeting(group.name(), group.store(), group.address(), TIMEOUT);
        return new LoadedGroup(scope, ProcessGroup.open(scope, meeting, group.rank(), group.size()));
    }

    @Override
    public void close() {
        if (group != null) {
            group.close();
        }
        if (scope != null) {
            scope.close();
        }
    }
}
