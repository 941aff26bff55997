package dev.anneal.service.training.history;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What needs checkpoints. Districts that refer to checkpoints have a bean of this type; their foreign keys keep what one forgets to name. Asked in the
 * transaction that has locked the checkpoints' rows: whoever begins to use one waits for that lock, so answers stay true until the end of the transaction.
 */
public interface CheckpointUsage {

    /** Which of the checkpoints with these internal keys are needed. */
    List<Long> used(JdbcClient transaction, List<Long> checkpoints);

    /** Which of them are needed with their optimizer's state. */
    default List<Long> usedWithOptimizer(JdbcClient transaction, List<Long> checkpoints) {
        return List.of();
    }

    /** @param query finds keys of needed checkpoints among {@code :ids} */
    static List<Long> found(JdbcClient transaction, String query, List<Long> checkpoints) {
        return transaction
                .sql(query)
                .param("ids", checkpoints.toArray(Long[]::new))
                .query(Long.class)
                .list();
    }
}
