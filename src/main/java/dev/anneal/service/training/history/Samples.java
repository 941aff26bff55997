package dev.anneal.service.training.history;

import dev.anneal.protocol.Progress;
import dev.anneal.service.platform.paging.Page;
import dev.anneal.service.platform.paging.PageRequest;
import dev.anneal.service.platform.refusal.Refusal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Completions of a job's rollouts, with their texts. */
@Component
public final class Samples {

    private static final Pattern ID = Pattern.compile("ftsample-(\\d{1,9})-(\\d{1,9})");

    private static final String RECORD = """
            INSERT INTO job_sample (job_id, step, position, tenant_id, recorded_at, beta, line, prompt, completion,
                                    tokens, truncated, reward, errors)
            SELECT job_id, :step, :position, tenant_id, clock_timestamp(), :beta, :line, :prompt, :completion, :tokens,
                   :truncated, :reward, :errors::text[]
            FROM job_progress
            WHERE job_id = :job
            ON CONFLICT (job_id, step, position) DO UPDATE
            SET recorded_at = EXCLUDED.recorded_at,
                beta = EXCLUDED.beta,
                line = EXCLUDED.line,
                prompt = EXCLUDED.prompt,
                completion = EXCLUDED.completion,
                tokens = EXCLUDED.tokens,
                truncated = EXCLUDED.truncated,
                reward = EXCLUDED.reward,
                errors = EXCLUDED.errors
            """;

    /** Steps in the requested order, and completions in order within a step. */
    private static final String PAGE = """
            SELECT step, position, recorded_at, beta, line, prompt, completion, tokens, truncated, reward, errors
            FROM job_sample
            WHERE job_id = :job AND (:step < 0 OR step %s :step OR (step = :step AND position > :position))
            ORDER BY step %s, position
            LIMIT :limit
            """;

    private static final String NEWEST_FIRST = PAGE.formatted("<", "DESC");
    private static final String OLDEST_FIRST = PAGE.formatted(">", "ASC");

    private final JdbcClient jdbc;

    Samples(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    public void record(long job, Progress.Samples samples) {
        int position = 0;
        for (Progress.Samples.Completion completion : samples.completions()) {
            jdbc.sql(RECORD)
                    .param("job", job)
                    .param("step", samples.step())
                    .param("position", position++)
                    .param("beta", samples.beta())
                    .param("line", completion.line())
                    .param("prompt", storable(completion.prompt()))
                    .param("completion", storable(completion.text()))
                    .param("tokens", completion.tokens())
                    .param("truncated", completion.truncated())
                    .param("reward", completion.reward())
                    .param(
                            "errors",
                            completion.errors().stream().map(Samples::storable).toArray(String[]::new))
                    .update();
        }
    }

    /** PostgreSQL stores every character but U+0000, which a model may generate. */
    private static String storable(String text) {
        return text.replace('\0', '\uFFFD');
    }

    /** A page of the job's samples, those of the newest step first unless the request says otherwise. */
    public Page<SampleRow> page(long job, PageRequest request) {
        Position after = position(request.after());
        List<SampleRow> rows = jdbc.sql(request.ascending() ? OLDEST_FIRST : NEWEST_FIRST)
                .param("job", job)
                .param("step", after.step())
                .param("position", after.position())
                .param("limit", request.rowsToRead())
                .query(Samples::row)
                .list();
        return Page.of(rows, request);
    }

    private static Position position(@Nullable String id) {
        if (id == null) {
            return new Position(-1, -1);
        }
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            throw Refusal.invalidCursor("a sample of this job", id);
        }
        return new Position(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** Position of a sample; both are -1 before the first. */
    private record Position(int step, int position) {}

    private static SampleRow row(ResultSet row, int index) throws SQLException {
        return new SampleRow(
                row.getInt("step"),
                row.getInt("position"),
                row.getObject("recorded_at", OffsetDateTime.class).toInstant(),
                row.getDouble("beta"),
                row.getLong("line"),
                row.getString("prompt"),
                row.getString("completion"),
                row.getInt("tokens"),
                row.getBoolean("truncated"),
                row.getObject("reward", Double.class),
                Arrays.asList((String[]) row.getArray("errors").getArray()));
    }
}
