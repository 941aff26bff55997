package dev.anneal.service.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The queries of the chart, by which KEDA scales workers: one number each, as the login that KEDA has. #6 */
@PostgresTest
class ScalingQueriesIT {

    private static final Path TEMPLATES = Path.of("helm", "anneal", "templates");
    private static final Pattern QUERY = Pattern.compile("SELECT [A-Z].+ FROM anneal_queue_depth");

    @Test
    void nothingWaitsOrRuns() throws IOException {
        assertThat(podsOfDeployment()).isZero();
        assertThat(jobs()).isZero();
    }

    @Test
    void aTrainingThatRunsKeepsItsPodAndNeedsNoJob() throws IOException {
        add("TRAIN", "QUEUED");
        add("TRAIN", "QUEUED");
        add("TRAIN", "RUNNING");

        assertThat(podsOfDeployment()).isEqualTo(3);
        assertThat(jobs()).isEqualTo(2);
    }

    @Test
    void shortWorkNeedsOnePodHoweverMuchOfItThereIs() throws IOException {
        add("EXPORT", "QUEUED");
        add("EVALUATE", "QUEUED");

        assertThat(podsOfDeployment()).isEqualTo(1);
        assertThat(jobs()).isEqualTo(2);
    }

    private static double podsOfDeployment() throws IOException {
        return ask("_keda.tpl");
    }

    private static double jobs() throws IOException {
        return ask("worker-scaledjob.yaml");
    }

    private static double ask(String template) throws IOException {
        String query = QUERY.matcher(Files.readString(TEMPLATES.resolve(template)))
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
        return TestDatabase.asRole(
                "anneal_readonly", jdbc -> jdbc.sql(query).query(Double.class).single());
    }

    private static void add(String kind, String state) {
        boolean running = state.equals("RUNNING");
        TestDatabase.administrator()
                .sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority, lease_token, claimed_at, started_at, lease_owner, deadline_at)
                        VALUES ('acme', :kind, 'any', :state, 5, CASE WHEN :running THEN 1 ELSE 0 END, CASE WHEN :running THEN now() END,
                                CASE WHEN :running THEN now() END, CASE WHEN :running THEN 'w' END, CASE WHEN :running THEN now() + interval '1 day' END)
                        """)
                .param("kind", kind)
                .param("state", state)
                .param("running", running)
                .update();
    }
}
