package dev.anneal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.faults.Link;
import dev.anneal.protocol.Progress;
import dev.anneal.service.ServiceTest;
import dev.anneal.service.queue.Slot;
import dev.anneal.service.queue.lease.Claim;
import dev.anneal.service.queue.lease.Claimants;
import dev.anneal.service.results.export.ExportJournal;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

/** The command against the service. */
class CliIT extends ServiceTest {

    private static final String KEY = "alpha-key-0123456789";

    @Autowired
    private ExportJournal exports;

    @TempDir
    private Path folder;

    private String rows = "";

    @BeforeEach
    void write() throws IOException {
        rows = Files.writeString(folder.resolve("tickets.jsonl"), rows("tickets.train.jsonl", 20))
                .toString();
    }

    @Test
    void anEstimateUploadsAFileOnceAndTellsWhatAutoBecomes() {
        Command first = run("estimate", "--model", "anneal-tiny", "--train", rows, "--valid", rows);
        Command second = run("estimate", "--model", "anneal-tiny", "--train", rows, "--rank", "4");

        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.out()).containsPattern("n_epochs +10").containsPattern("schedule\\.end +0\\.8");
        assertThat(second.out()).containsPattern("rank +4");
        assertThat(second.err()).contains(rows + " is there already, as " + files().get(0));
        assertThat(files()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jobs create", "estimate"})
    void whatIsRefusedWithoutTheFileIsRefusedBeforeItIsUploaded(String command) {
        String[] model = Command.line(command + " --model nobody/nothing --train " + rows);
        String[] setting = Command.line(command + " --model anneal-tiny --rank 100000 --train " + rows);

        assertThat(run(model).err()).contains("[model_not_available]").doesNotContain("%");
        assertThat(run(setting).err()).contains("rank").doesNotContain("%");
        assertThat(files()).isEmpty();
    }

    @Test
    void anEvaluationOfAModelThatIsNotThereUploadsNothing() {
        Command refused = run("eval", "ft:anneal-tiny:alpha:none:1", rows);

        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.err()).contains("[not_found]");
        assertThat(files()).isEmpty();
    }

    @Test
    void aFileStaysThatIsUploadedForAJobThatIsThenRefused() {
        Command refused = run("jobs", "create", "--model", "anneal-tiny", "--train", rows, "--method", "dpo");

        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.err()).contains(files().get(0) + " stays", "anneal files delete " + files().get(0));
        assertThat(run("jobs", "create", "--model", "anneal-tiny", "--train", rows)
                        .err())
                .contains("is there already, as " + files().get(0));
    }

    @Test
    void aFileThatCannotBeTrainedOnIsToldWithItsReasonAndDoesNotStay() throws IOException {
        String empty = Files.createFile(folder.resolve("empty.jsonl")).toString();
        Command refused = run("jobs", "create", "--model", "anneal-tiny", "--train", empty);

        assertThat(refused.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(refused.err()).contains("The file is empty. Write one JSON object a line");
        assertThat(files()).isEmpty();
        assertThat(run("files", "upload", empty).out()).contains("The file is empty. Write one JSON object a line");
    }

    @Test
    void aJobThatIsNotThereDoesNotGoOn() {
        Command refused = run("jobs", "watch", "ftjob-none");

        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.err()).contains("[not_found]").doesNotContain("The job goes on");
    }

    @Test
    void aWatchAndALogGoOnThroughAnOutageAndShowTheValidation() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        var worker = playedWorker().steps(1, 5);
        try (Link link = link()) {
            Command.Running watch = start(link, "jobs", "watch", job);
            Command.Running log = start(link, "jobs", "logs", job, "--follow");
            await(() -> watch.hasSaid("step 5/") && log.hasSaid("Fine-tuning job started"));
            link.become(Link.State.CUT);
            await(() -> watch.hasSaid("Asking again") && log.hasSaid("Asking again"));
            worker.validation(5).finish(5);
            link.become(Link.State.OPEN);

            assertThat(watch.end().status()).as(watch.end().err()).isZero();
            assertThat(watch.end().err()).contains("cannot be reached", "The service answers again");
            assertThat(watch.end().out()).contains("validation  ▁", "validation 0.75", "succeeded");
            assertThat(log.end().out().lines().filter(line -> line.contains("Fine-tuning job started")))
                    .hasSize(1);
            assertThat(log.end().out()).contains("The job has successfully completed");
        }
    }

    @Test
    void anExportIsWaitedForThroughAnOutage() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        playedWorker().finish(0);
        try (Link link = link()) {
            Command.Running export = start(link, "merge", job);
            Claim claim = awaitValue(
                            () -> leases.claim(Claimants.of("w", Slot.LIGHT, Set.of("merged"), Set.of())),
                            Optional::isPresent)
                    .orElseThrow();
            await(() -> export.hasSaid(" is being made"));
            link.become(Link.State.CUT);
            await(() -> export.hasSaid("Asking again"));
            long work = claim.lease().workId();
            leases.succeed(
                    claim.lease(), () -> exports.completed(work, new Progress.Exported("{}", List.of()), "alpha/none"));
            link.become(Link.State.OPEN);

            assertThat(export.end().status()).as(export.end().err()).isZero();
            assertThat(export.end().err()).contains("The service answers again");
        }
    }

    @Test
    void aDownloadWithoutAnExportSaysWhatMakesOne() {
        Command refused = run("download", queuedJob(ALPHA, file(ALPHA, 20), ""));

        assertThat(refused.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(refused.err()).contains("'anneal merge ftjob-", "[export_not_ready]");
    }

    @Test
    void listsAreArraysInJson() {
        String job = queuedJob(ALPHA, file(ALPHA, 20), "");
        for (String list : List.of("models", "files list", "jobs list", "jobs logs " + job)) {
            assertThat(JSON.readTree(run(Command.line(list + " --json")).out()).isArray())
                    .as(list)
                    .isTrue();
        }
    }

    @Test
    void jobsAreFilteredByTheServiceAmongAll() {
        String file = file(ALPHA, 20);
        String tickets = queuedJob(ALPHA, file, ", 'suffix': 'tickets'");
        run("jobs", "pause", tickets);
        for (int i = 0; i < 3; i++) {
            queuedJob(ALPHA, file, "");
        }

        for (String filter : List.of("--state paused", "--state paused,failed", "--search ticket")) {
            Command found = run(Command.line("jobs list --limit 1 --model anneal-tiny " + filter));
            assertThat(found.out()).as(filter + found.err()).contains(tickets);
        }
        assertThat(run("jobs", "list", "--state", "running").out()).doesNotContain("ftjob-");
        assertThat(run("jobs", "list", "--state", "pasued").err()).contains("'pasued'", "paused");
    }

    @Test
    void aLoginTellsWhatItsKeyOpens() {
        assertThat(logIn(KEY)).contains("as the project alpha, with the scopes files:read, ");
        assertThat(logIn("admin-key-0123456789")).contains("as an administrator");
    }

    private String logIn(String key) {
        Path kept = folder.resolve(key);
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(key.getBytes(StandardCharsets.UTF_8)));
            Command login =
                    Command.run(Map.of("ANNEAL_URL", uri().toString(), "XDG_CONFIG_HOME", kept.toString()), "login");
            assertThat(login.status()).as(login.err()).isZero();
            assertThat(kept.resolve("anneal/login.json")).content().contains(key);
            return login.out();
        } finally {
            System.setIn(before);
        }
    }

    private List<String> files() {
        return json(get(ALPHA, "/v1/files"))
                .path("data")
                .valueStream()
                .map(file -> file.path("id").asString())
                .toList();
    }

    private URI uri() {
        return request(ALPHA, "").build().uri();
    }

    private Link link() {
        return new Link(uri().getPort());
    }

    private Command run(String... arguments) {
        return Command.run(uri().toString(), KEY, arguments);
    }

    private static Command.Running start(Link link, String... arguments) {
        return Command.start(Map.of("ANNEAL_URL", "http://127.0.0.1:" + link.port(), "ANNEAL_API_KEY", KEY), arguments);
    }
}
