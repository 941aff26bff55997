package dev.anneal.service.results.export;

import dev.anneal.service.training.history.CheckpointUsage;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Exports need the checkpoint that they were made from, and those of training states need the optimizer's state as well. */
final class ExportedCheckpoints implements CheckpointUsage {

    private static final String USED = "SELECT checkpoint_id FROM export WHERE checkpoint_id = ANY (:ids)";

    @Override
    public List<Long> used(JdbcClient transaction, List<Long> checkpoints) {
        return CheckpointUsage.found(transaction, USED, checkpoints);
    }

    @Override
    public List<Long> usedWithOptimizer(JdbcClient transaction, List<Long> checkpoints) {
        return CheckpointUsage.found(transaction, USED + " AND kind = 'training_state'", checkpoints);
    }
}
