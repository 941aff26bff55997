package dev.anneal.service.results.export;

import dev.anneal.service.training.job.ExportOrigins;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What the exports of the table {@code export} were made from. */
final class StoredOrigins implements ExportOrigins {

    private static final String CHECKPOINT = """
            SELECT checkpoint.external_id
            FROM export
            JOIN checkpoint ON checkpoint.id = export.checkpoint_id
            WHERE export.external_id = :id
            """;

    private static final String ADAPTER_FILE =
            "SELECT adapter_file FROM export WHERE external_id = :id AND adapter_file IS NOT NULL";

    @Override
    public Optional<String> checkpointOf(JdbcClient transaction, String exportId) {
        return find(transaction, CHECKPOINT, exportId);
    }

    @Override
    public Optional<String> adapterFileOf(JdbcClient transaction, String exportId) {
        return find(transaction, ADAPTER_FILE, exportId);
    }

    private static Optional<String> find(JdbcClient transaction, String query, String exportId) {
        return transaction.sql(query).param("id", exportId).query(String.class).optional();
    }
}
