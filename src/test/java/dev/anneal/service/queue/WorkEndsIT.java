package dev.anneal.service.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.service.platform.database.PostgresTest;
import dev.anneal.service.queue.lease.Lease;
import dev.anneal.service.queue.lease.Leases;
import dev.anneal.service.queue.lease.TestQueue;
import org.junit.jupiter.api.Test;

/** Every end is told once, whoever brings it about; what is no end, or is undone, is not. */
@PostgresTest
class WorkEndsIT {

    private static final WorkError BAD_DATA = WorkError.ofUser("dataset_invalid", "No row is trainable.", null);

    private final TestQueue queue = new TestQueue();

    @Test
    void workersSucceedFailAndCancel() {
        queue.leases.succeed(queue.running(), Leases.nothing());
        Lease failing = queue.running();
        queue.leases.fail(failing, BAD_DATA, Leases.nothing());
        queue.leases.fail(queue.claim().orElseThrow().lease(), BAD_DATA, Leases.nothing());
        Lease cancelled = queue.running();
        queue.cancel(cancelled.workId());
        queue.leases.giveBack(cancelled, Leases.nothing());

        assertThat(queue.ended)
                .extracting(WorkEnd::state)
                .containsExactly(WorkState.SUCCEEDED, WorkState.FAILED, WorkState.CANCELLED);
    }

    @Test
    void requestsCancelWhatIsQueuedOrPausedAndRejectWhatIsUnusable() {
        queue.cancel(queue.enqueued());
        long paused = queue.enqueued();
        queue.pause(paused);
        queue.cancel(paused);
        long unusable = queue.asTenant(() -> queue.queue.enqueueValidating(TestQueue.training("one")));
        assertThat(queue.reject(unusable, BAD_DATA)).isTrue();
        assertThat(queue.reject(unusable, BAD_DATA)).isFalse();

        assertThat(queue.ended)
                .extracting(WorkEnd::state)
                .containsExactly(WorkState.CANCELLED, WorkState.CANCELLED, WorkState.FAILED);
    }

    @Test
    void anEndThatIsRolledBackIsNone() {
        Lease lease = queue.running();

        assertThatThrownBy(() -> queue.leases.succeed(lease, () -> {
                    throw new IllegalStateException("the result cannot be written");
                }))
                .isInstanceOf(IllegalStateException.class);

        assertThat(queue.ended).isEmpty();
    }
}
