package dev.anneal.service.results.export;

import dev.anneal.service.training.admission.ExportOrigins;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Finds what an export was made from, in the table {@code export}. */
@Component
final class StoredOrigins implements ExportOrigins {

    private static final String CHECKPOINT = """
            SELECT checkpoint.external_id
            FROM export
            JOIN checkpoint ON checkpoint.id = export.checkpoint_id
            WHERE export.external_id = :id
            """;

    private static final String ADAPTER_FILE =
            "SELECT adapter_file FROM export WHERE external_id = :id AND adapter_file IS NOT NULL";

    private final JdbcClient jdbc;

    StoredOrigins(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Optional<String> checkpointOf(String exportId) {
        return find(CHECKPOINT, exportId);
    }

    @Override
    public Optional<String> adapterFileOf(String exportId) {
        return find(ADAPTER_FILE, exportId);
    }

    private Optional<String> find(String query, String exportId) {
        return jdbc.sql(query).param("id", exportId).query(String.class).optional();
    }
}
