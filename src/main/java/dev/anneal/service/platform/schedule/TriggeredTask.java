package dev.anneal.service.platform.schedule;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;

/** A task that a trigger of the database puts into the scheduler's table, in the transaction that writes what it is about. */
public final class TriggeredTask {

    /** For a database that is away for a moment. */
    static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

    private TriggeredTask() {}

    /**
     * A task that stays in the table until there is nothing more to do.
     *
     * @param name as the trigger writes it
     * @param run takes the id of the task's instance, as the trigger writes it, and returns when to run again, or nothing. What it throws has it run again
     *     as well
     */
    public static CustomTask<Void> of(String name, Clock clock, Function<String, Optional<Instant>> run) {
        return Tasks.custom(name, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_FAILURE)))
                .onDeadExecutionRevive()
                .execute((instance, context) -> completion(run.apply(instance.getId())));
    }

    private static CompletionHandler<Void> completion(Optional<Instant> next) {
        return (complete, operations) ->
                next.ifPresentOrElse(time -> operations.reschedule(complete, time), operations::remove);
    }
}
