package dev.anneal.service.notification.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.PlayedWorker;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.notification.mlflow.TrackingServer.Mood;
import dev.anneal.service.notification.mlflow.TrackingServer.Run;
import dev.anneal.service.platform.database.TestDatabase;
import dev.anneal.service.queue.WorkError;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;

/** Jobs as a tracking server is told of them, which is away at times. */
@TestPropertySource(
        properties = {
            "anneal.mlflow.token=mlflow-token",
            "anneal.mlflow.interval=50ms",
            "anneal.background.poll-interval=50ms",
            "anneal.queue.user-retries=0"
        })
class MlflowRunsIT extends ServiceTest {

    private static final TrackingServer SERVER = new TrackingServer();

    @DynamicPropertySource
    static void url(DynamicPropertyRegistry registry) {
        registry.add("anneal.mlflow.url", SERVER::url);
    }

    @BeforeEach
    void answer() {
        SERVER.become(Mood.ANSWERING);
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static String state(String job) {
        return TestDatabase.administrator()
                .sql("SELECT mlflow_run.state FROM mlflow_run JOIN job ON job.id = job_id WHERE external_id = :id")
                .param("id", job)
                .query(String.class)
                .optional()
                .orElse("ABSENT");
    }

    private static Run runOf(String job) {
        List<Run> runs = SERVER.runsOf(job);
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    private static List<Integer> steps(int last) {
        return IntStream.rangeClosed(1, last).boxed().toList();
    }

    private static void assertEachOnce(Run run, int steps) {
        for (String key : List.of("train_loss", "beta", "learning_rate", "tokens_per_second", "epoch")) {
            assertThat(run.stepsOf(key)).as(key).containsExactlyElementsOf(steps(steps));
        }
    }

    @Test
    void aJobBecomesARun() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        worker.steps(1, 2).validation(2);
        await(() -> !SERVER.runsOf(job).isEmpty()
                && SERVER.runsOf(job).get(0).stepsOf("valid_loss").equals(List.of(2)));
        assertThat(runOf(job).status).isEqualTo("RUNNING");
        worker.finish(2);
        await(() -> state(job).equals("DONE"));
        Run run = runOf(job);
        assertThat(run.status).isEqualTo("FINISHED");
        assertThat(run.endTime).isPositive();
        assertEachOnce(run, worker.totalSteps());
        assertThat(run.stepsOf("valid_loss")).containsExactly(2);
        assertThat(run.tags)
                .containsEntry("anneal.tenant", ALPHA)
                .containsEntry("anneal.model", "anneal-tiny")
                .containsEntry("anneal.method", "supervised")
                .containsEntry("anneal.attempt", "1")
                .containsKey("anneal.fine_tuned_model");
        assertThat(run.params)
                .containsEntry("totalSteps", Integer.toString(worker.totalSteps()))
                .containsKeys("adapter/rank", "hyperparameters/n_epochs", "optimizer/learningRate", "training_file");
        assertThat(SERVER.experiments()).containsKey("anneal-alpha");
        assertThat(SERVER.authorizations()).containsOnly("Bearer mlflow-token");
    }

    @Test
    void failuresAndCancellationsEndRunsAndWhatNeverTrainsHasNone() {
        String failed = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 1).fail(WorkError.ofUser("non_finite_loss", "the loss is not finite", null));
        String cancelled = queuedJob(ALPHA, file(ALPHA, 20), "");
        String never = queuedJob(BETA, file(BETA, 20), "");
        post(BETA, "/v1/fine_tuning/jobs/" + never + "/cancel", "");
        playedWorker().steps(1, 1).giveBack();
        post(ALPHA, "/v1/fine_tuning/jobs/" + cancelled + "/cancel", "");
        await(() -> state(failed).equals("DONE") && state(cancelled).equals("DONE"));
        assertThat(runOf(failed).status).isEqualTo("FAILED");
        assertThat(runOf(failed).tags).containsEntry("anneal.error_code", "non_finite_loss");
        assertThat(runOf(cancelled).status).isEqualTo("KILLED");
        assertThat(state(never)).isEqualTo("ABSENT");
    }

    @Test
    void anOutageCostsNothing() {
        SERVER.become(Mood.AWAY);
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        worker.steps(1, 2);
        await(() -> SERVER.refused() > 1);
        worker.finish(2);
        assertThat(job(ALPHA, job).get("status").stringValue()).isEqualTo("succeeded");
        SERVER.become(Mood.ANSWERING);
        await(() -> state(job).equals("DONE"));
        assertEachOnce(runOf(job), worker.totalSteps());
        assertThat(runOf(job).status).isEqualTo("FINISHED");
    }

    @Test
    void whatArrivedWithoutAnAnswerIsThereOnce() {
        for (Mood mood : List.of(Mood.SILENT, Mood.HALF)) {
            SERVER.become(Mood.ANSWERING);
            String job = queuedJob(ALPHA, file(ALPHA, 20), "");
            PlayedWorker worker = playedWorker();
            worker.steps(1, 1);
            await(() -> !SERVER.runsOf(job).isEmpty()
                    && SERVER.runsOf(job).get(0).stepsOf("seconds").size() == 1);
            SERVER.become(mood);
            worker.steps(2, 3).validation(3);
            await(() ->
                    SERVER.refused() > 0 && !runOf(job).stepsOf("train_loss").equals(List.of(1)));
            SERVER.become(Mood.ANSWERING);
            worker.finish(3);
            await(() -> state(job).equals("DONE"));
            assertEachOnce(runOf(job), worker.totalSteps());
            assertThat(runOf(job).stepsOf("valid_loss")).containsExactly(3);
        }
    }

    @Test
    void aRunWhoseCreationGotNoAnswerIsFoundAgain() {
        SERVER.become(Mood.AWAY);
        String job = queuedJob(BETA, file(BETA, 20), "");
        PlayedWorker worker = playedWorker();
        SERVER.become(Mood.SILENT);
        await(() -> SERVER.refused() > 3);
        SERVER.become(Mood.ANSWERING);
        worker.finish(0);
        await(() -> state(job).equals("DONE"));
        assertEachOnce(runOf(job), worker.totalSteps());
    }

    @Test
    void stepsThatALaterAttemptRepeatsAreSentOnce() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().steps(1, 2).checkpoint(2).steps(3, 4).giveBack();
        await(() -> !SERVER.runsOf(job).isEmpty() && runOf(job).stepsOf("beta").equals(steps(4)));
        PlayedWorker second = playedWorker();
        second.finish(2);
        await(() -> state(job).equals("DONE"));
        assertEachOnce(runOf(job), second.totalSteps());
        assertThat(runOf(job).tags).containsEntry("anneal.attempt", "2");
    }

    @Test
    void batchesKeepToTheProtocolsLimit() {
        SERVER.become(Mood.AWAY);
        String job = queuedJob(ALPHA, file(ALPHA, 40), ", 'anneal': {'max_steps': 250}");
        PlayedWorker worker = playedWorker();
        worker.finish(0);
        SERVER.become(Mood.ANSWERING);
        await(() -> state(job).equals("DONE"));
        assertEachOnce(runOf(job), worker.totalSteps());
        assertThat(worker.totalSteps()).isEqualTo(250);
        assertThat(SERVER.largestBatch()).isBetween(500, 1000);
    }

    @Test
    void aRunThatTheServerRefusesHoldsNoOtherUp() {
        SERVER.become(Mood.REFUSING);
        String refused = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        worker.steps(1, 1);
        await(() -> SERVER.refused() > 1);
        assertThat(state(refused)).isEqualTo("OPEN");
        SERVER.become(Mood.ANSWERING);
        worker.finish(1);
        await(() -> state(refused).equals("DONE"));
        assertEachOnce(runOf(refused), worker.totalSteps());
    }

    @Test
    void aRunThatCannotBeReadHoldsNoOtherUp() {
        SERVER.become(Mood.AWAY);
        String broken = queuedJob(ALPHA, file(ALPHA, 20), "");
        PlayedWorker worker = playedWorker();
        worker.steps(1, 1).validation(1).finish(1);
        TestDatabase.administrator()
                .sql("UPDATE job_validation SET metrics = '[]'")
                .update();
        String whole = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);

        SERVER.become(Mood.ANSWERING);

        await(() -> state(whole).equals("DONE"));
        assertThat(state(broken)).isEqualTo("OPEN");
    }
}
