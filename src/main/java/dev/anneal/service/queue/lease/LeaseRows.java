package dev.anneal.service.queue.lease;

import dev.anneal.service.queue.ErrorColumn;
import dev.anneal.service.queue.Wish;
import dev.anneal.service.queue.WorkKind;
import dev.anneal.service.queue.WorkModels;
import dev.anneal.service.queue.WorkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/** Reads result rows of this room's statements. */
final class LeaseRows {

    private LeaseRows() {}

    static Claim claim(ResultSet row, int number) throws SQLException {
        int devices = row.getInt("devices");
        return claim(row, new Claim.Part(0, devices, devices));
    }

    static Claim membership(ResultSet row, int number) throws SQLException {
        return claim(row, new Claim.Part(row.getInt("first_rank"), row.getInt("part"), row.getInt("devices")));
    }

    private static Claim claim(ResultSet row, Claim.Part part) throws SQLException {
        return new Claim(
                lease(row),
                row.getString("tenant_id"),
                WorkKind.valueOf(row.getString("kind")),
                row.getString("method"),
                Duration.ofMillis(Math.round(1000 * row.getDouble("waited"))),
                Objects.requireNonNull(row.getObject("deadline_at", OffsetDateTime.class))
                        .toInstant(),
                row.getString("traceparent"),
                WorkModels.read(row),
                part);
    }

    static Map.Entry<Lease, Optional<Wish>> holding(ResultSet row, int number) throws SQLException {
        return Map.entry(lease(row), wish(row));
    }

    static Leases.Held held(ResultSet row, int number) throws SQLException {
        return new Leases.Held(wish(row));
    }

    private static Lease lease(ResultSet row) throws SQLException {
        return new Lease(
                row.getLong("id"),
                row.getLong("lease_token"),
                Objects.requireNonNull(row.getObject("lease_nonce", UUID.class)));
    }

    private static Optional<Wish> wish(ResultSet row) throws SQLException {
        return Optional.ofNullable(row.getString("wish")).map(Wish::valueOf);
    }

    static Rescue rescue(ResultSet row, int number) throws SQLException {
        return new Rescue(
                lease(row),
                row.getString("tenant_id"),
                WorkKind.valueOf(row.getString("kind")),
                row.getString("method"),
                WorkState.valueOf(row.getString("state")),
                Rescue.Reason.valueOf(row.getString("reason")),
                Objects.requireNonNull(ErrorColumn.read(row)));
    }
}
