package dev.anneal.service.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.TestQueue;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What clients may do with work in each of its states. */
@PostgresTest
class WorkQueueIT {

    private static final WorkError INVALID =
            WorkError.ofUser("dataset_invalid", "Line 3 is not JSON.", "training_file");

    private final TestQueue queue = new TestQueue();

    @Test
    void validatedWorkIsQueuedOnce() {
        long id = in(WorkState.VALIDATING);
        assertThat(queue.claim()).isEmpty();

        assertThat(queue.ready(id)).isTrue();
        assertThat(queue.ready(id)).isFalse();
        assertThat(queue.find(id).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void invalidWorkFailsWithItsError() {
        long id = in(WorkState.VALIDATING);

        assertThat(queue.reject(id, INVALID)).isTrue();
        assertThat(queue.find(id).error()).isEqualTo(INVALID);
        assertThat(queue.find(id).state()).isEqualTo(WorkState.FAILED);
    }

    @Test
    void workCancelledDuringValidationStaysCancelled() {
        long id = in(WorkState.VALIDATING);
        queue.cancel(id);

        assertThat(queue.ready(id)).isFalse();
        assertThat(queue.reject(id, INVALID)).isFalse();
        assertThat(queue.find(id).state()).isEqualTo(WorkState.CANCELLED);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkState.class,
            names = {"VALIDATING", "QUEUED", "PAUSED"})
    void waitingWorkIsCancelledAtOnce(WorkState state) {
        long id = in(state);

        assertThat(queue.cancel(id)).isEqualTo(WorkState.CANCELLED);
        assertThat(queue.find(id).finishedAt()).isNotNull();
    }

    @Test
    void runningWorkIsCancelledByItsWorker() {
        long id = in(WorkState.RUNNING);

        assertThat(queue.cancel(id)).isEqualTo(WorkState.RUNNING);
        assertThat(queue.cancel(id)).isEqualTo(WorkState.RUNNING);
        assertThat(queue.find(id).wish()).isEqualTo(Wish.CANCEL);
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkState.class,
            names = {"SUCCEEDED", "FAILED", "CANCELLED"})
    void finalWorkCannotBeCancelled(WorkState state) {
        refuses(state, RefusalCode.JOB_ALREADY_FINAL, queue.queue::cancel);
    }

    @Test
    void queuedWorkIsPausedAtOnceAndNotClaimed() {
        long id = in(WorkState.QUEUED);

        assertThat(queue.pause(id)).isEqualTo(WorkState.PAUSED);
        assertThat(queue.pause(id)).isEqualTo(WorkState.PAUSED);
        assertThat(queue.claim()).isEmpty();
    }

    @Test
    void runningWorkIsPausedByItsWorker() {
        long id = in(WorkState.RUNNING);

        assertThat(queue.pause(id)).isEqualTo(WorkState.RUNNING);
        assertThat(queue.find(id).wish()).isEqualTo(Wish.PAUSE);
        assertThat(queue.cancel(id)).isEqualTo(WorkState.RUNNING);
        assertThat(queue.find(id).wish()).isEqualTo(Wish.CANCEL);
        assertThatThrownBy(() -> queue.pause(id))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("running and about to cancel");
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkState.class,
            names = {"QUEUED", "RUNNING", "PAUSED"},
            mode = Mode.EXCLUDE)
    void otherWorkCannotBePaused(WorkState state) {
        refuses(state, RefusalCode.JOB_NOT_PAUSABLE, queue.queue::pause);
    }

    @Test
    void exportCannotBePaused() {
        long id = queue.enqueue(new NewWork("one", WorkKind.EXPORT, "merged", 5, null));

        assertThatThrownBy(() -> queue.pause(id)).isInstanceOf(Refusal.class);
    }

    @Test
    void pausedWorkIsQueuedAgain() {
        long id = in(WorkState.PAUSED);

        assertThat(queue.resume(id)).isEqualTo(WorkState.QUEUED);
        assertThat(queue.claim()).isPresent();
    }

    @ParameterizedTest
    @EnumSource(value = WorkState.class, names = "PAUSED", mode = Mode.EXCLUDE)
    void onlyPausedWorkCanBeResumed(WorkState state) {
        refuses(state, RefusalCode.JOB_NOT_RESUMABLE, queue.queue::resume);
    }

    @Test
    void workOfAnotherTenantDoesNotExist() {
        long id = queue.enqueue(TestQueue.training("two"));

        Optional<Work> seen = queue.asTenant(() -> queue.queue.find(id));
        assertThat(seen).isEmpty();
        assertThatThrownBy(() -> queue.cancel(id)).isInstanceOf(IllegalArgumentException.class);
        assertThat(queue.find(id).state()).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void workIsGoneIfItsTransactionIs() {
        assertThatThrownBy(() -> queue.asTenant(() -> {
                    queue.queue.enqueue(TestQueue.training("one"));
                    throw new IllegalStateException("the job could not be recorded");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(queue.claim()).isEmpty();
    }

    @Test
    void severalItemsAreFoundAtOnce() {
        List<Long> ids = List.of(queue.enqueued(), queue.enqueued(), queue.enqueued());

        List<Work> found = queue.asTenant(() -> queue.queue.findAll(ids));
        assertThat(found).extracting(Work::id).containsExactlyElementsOf(ids);
    }

    private void refuses(WorkState state, RefusalCode code, Function<Long, WorkState> request) {
        long id = in(state);
        assertThatThrownBy(() -> queue.asTenant(() -> request.apply(id)))
                .isInstanceOfSatisfying(
                        Refusal.class, refusal -> assertThat(refusal.code()).isEqualTo(code))
                .hasMessageContaining(state.name().toLowerCase(Locale.ROOT));
        assertThat(queue.find(id).state()).isEqualTo(state);
    }

    /** A training of tenant {@code one} that has come to {@code state} on its usual way. */
    private long in(WorkState state) {
        return switch (state) {
            case VALIDATING ->
                TestDatabase.tenant().call("one", () -> queue.queue.enqueueValidating(TestQueue.training("one")));
            case QUEUED -> queue.enqueued();
            case PAUSED -> {
                long id = queue.enqueued();
                queue.pause(id);
                yield id;
            }
            case CANCELLED -> {
                long id = queue.enqueued();
                queue.cancel(id);
                yield id;
            }
            case RUNNING -> queue.running().workId();
            case SUCCEEDED -> {
                Lease lease = queue.running();
                queue.leases.succeed(lease, Leases.nothing());
                yield lease.workId();
            }
            case FAILED -> {
                long id = in(WorkState.VALIDATING);
                queue.reject(id, INVALID);
                yield id;
            }
        };
    }
}
