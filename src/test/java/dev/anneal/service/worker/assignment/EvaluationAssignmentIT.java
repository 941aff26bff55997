package dev.anneal.service.worker.assignment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.evaluation.EvaluationJournal;
import dev.anneal.service.results.evaluation.Evaluations;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The end of an evaluation's process. */
class EvaluationAssignmentIT extends ServiceTest {

    @Autowired
    private EvaluationJournal journal;

    @Test
    void aProcessThatEndsWellWithoutAResultHasFailed() {
        post(ALPHA, "/v1/fine_tuning/evaluations", "{'model': 'anneal-tiny', 'test_file': '" + file(ALPHA, 10) + "'}");
        Claim claim = leases.claim(Claimants.of("w", Slot.LIGHT, Set.of(Evaluations.EXACT_MATCH), Set.of()))
                .orElseThrow();
        EvaluateTask task = new EvaluateTask(
                new Task.BaseModel("anneal-tiny", null, "/nowhere"),
                new Task.Machine("cpu", 1, "auto"),
                Instant.EPOCH,
                null,
                "/nowhere/rows.jsonl",
                8,
                1,
                null);
        EvaluationAssignment assignment = new EvaluationAssignment(
                claim, journal.order(claim.lease().workId()).evaluation(), task, journal);

        assertThatThrownBy(() -> assignment.storeResult(() -> {}))
                .isInstanceOfSatisfying(
                        AssignmentException.class,
                        e -> assertThat(e.error().code()).isEqualTo("result_missing"));
        assignment.store(List.of(new Progress.Evaluated(10, 4, Map.of(), List.of())), () -> {});
        assertThatCode(() -> assignment.storeResult(() -> {})).doesNotThrowAnyException();
    }
}
