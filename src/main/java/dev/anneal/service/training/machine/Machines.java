package dev.anneal.service.training.machine;

import dev.anneal.protocol.Progress.Measured.Rate;
import dev.anneal.service.platform.database.JsonColumn;
import dev.anneal.service.platform.database.SystemDatabase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;

/** Measurements of workers' machines, one row for each worker. */
@Component
public final class Machines {

    private static final TypeReference<List<Rate>> RATES = new TypeReference<>() {};

    private static final String COLUMNS =
            "SELECT device, precision, threads, multiplies_bf16_fast, start_seconds, rates FROM machine ";

    private static final String NEWEST = COLUMNS + "ORDER BY measured_at DESC LIMIT 1";

    /** Older measurements are ignored, because the load of machines changes. */
    private static final String RECENT =
            COLUMNS + "WHERE worker = :worker AND measured_at > clock_timestamp() - interval '7 days'";

    private static final String SAVE = """
            INSERT INTO machine (worker, device, precision, threads, multiplies_bf16_fast, start_seconds, rates)
            VALUES (:worker, :device, :precision, :threads, :multipliesBf16Fast, :startSeconds, CAST(:rates AS jsonb))
            ON CONFLICT (worker) DO UPDATE
            SET measured_at = excluded.measured_at, device = excluded.device, precision = excluded.precision,
                threads = excluded.threads, multiplies_bf16_fast = excluded.multiplies_bf16_fast,
                start_seconds = excluded.start_seconds, rates = excluded.rates
            """;

    private final JdbcClient jdbc;
    private final SystemDatabase system;

    Machines(JdbcClient jdbc, SystemDatabase system) {
        this.jdbc = jdbc;
        this.system = system;
    }

    /**
     * The latest measurement: the machines of an installation are assumed to be alike. Requires a transaction of any
     * role.
     */
    public Optional<Machine> newest() {
        return jdbc.sql(NEWEST).query((row, number) -> machine(row)).optional();
    }

    /** Whether the worker's machine was measured with this set-up in the last seven days. */
    public boolean isKnown(String worker, Machine.Setup setup) {
        return system.call(() -> jdbc.sql(RECENT)
                .param("worker", worker)
                .query((row, number) -> machine(row))
                .optional()
                .filter(machine -> machine.setup().equals(setup))
                .isPresent());
    }

    public void save(String worker, Machine machine) {
        system.run(() -> jdbc.sql(SAVE)
                .param("worker", worker)
                .param("device", machine.setup().device())
                .param("precision", machine.setup().precision())
                .param("threads", machine.setup().threads())
                .param("multipliesBf16Fast", machine.multipliesBf16Fast())
                .param("startSeconds", machine.startSeconds())
                .param("rates", JsonColumn.write(machine.rates()))
                .update());
    }

    private static Machine machine(ResultSet row) throws SQLException {
        return new Machine(
                new Machine.Setup(row.getString("device"), row.getString("precision"), row.getInt("threads")),
                row.getBoolean("multiplies_bf16_fast"),
                row.getDouble("start_seconds"),
                JsonColumn.read(row.getString("rates"), RATES));
    }
}
