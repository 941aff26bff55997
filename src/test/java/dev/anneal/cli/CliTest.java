package dev.anneal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.LocalServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the command says of a wrong line before it has asked the service anything. */
class CliTest {

    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final LocalServer server = new LocalServer(exchange -> {
        requests.add(exchange.getRequestURI().toString());
        LocalServer.answer(exchange, "{}");
    });

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        server.close();
        assertThat(requests).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "jbos list, jobs",
        "jobs lits, list",
        "jobs list --stat queued, --state",
        "estimate --modle anneal-tiny, --model",
        "admin creat-key a b, create-key"
    })
    void aMisspeltWordIsToldWithWhatMayBeMeant(String line, String meant) {
        Command wrong = run(Command.line(line));

        assertThat(wrong.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(wrong.err()).contains("Did you mean", meant, "--help' lists what it takes");
    }

    @ParameterizedTest
    @CsvSource({"'--version --url ftp://x', 0", "'models --url ftp://x', 2", "'login --url anneal.example.com', 2"})
    void anAddressThatIsNoneIsAWrongLine(String line, int status) {
        assertThat(run(Command.line(line)).status()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({"0", "-1", "3651", "49711", "99999999999"})
    void daysOfAKeyHaveARange(String days) {
        Command wrong = run("admin", "create-key", "team-b", "laptop", "--days", days);

        assertThat(wrong.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(wrong.err()).contains("--days is " + days, "from 1 to 3650");
    }

    @ParameterizedTest
    @CsvSource({"0", "86401"})
    void theTimeoutHasARange(String seconds) {
        Command wrong = run("models", "--timeout", seconds);

        assertThat(wrong.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(wrong.err()).contains("--timeout is " + seconds, "from 1 to 86400");
    }

    @ParameterizedTest
    @CsvSource({"jobs create, --model", "estimate, --model", "estimate --model anneal-tiny, --train"})
    void whatEveryJobNeedsIsAskedForFirst(String line, String missing) throws IOException {
        String[] more = line.endsWith("tiny") ? new String[0] : new String[] {"--train", rows().toString()};
        Command wrong = run(Command.line(line, more));

        assertThat(wrong.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(wrong.err()).contains(missing + " is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "jobs create --model anneal-tiny --train ROWS --valid nowhere.jsonl",
        "estimate --model anneal-tiny --train nowhere.jsonl",
        "eval anneal-tiny nowhere.jsonl",
        "files upload nowhere.jsonl",
        "estimate --request nowhere.jsonl",
        "eval anneal-tiny ROWS --grader nowhere.jsonl",
        "api /v1/chat/completions --data @nowhere.jsonl"
    })
    void aFileThatIsNotHereIsToldByItsPath(String line) throws IOException {
        Path missing = folder.resolve("nowhere.jsonl");
        Command wrong = run(
                Command.line(line.replace("nowhere.jsonl", missing.toString()).replace("ROWS", rows().toString())));

        assertThat(wrong.status()).isEqualTo(ExitStatus.REFUSED);
        assertThat(wrong.err()).contains(missing.toString());
        assertThat(wrong.err()).containsAnyOf("is not there", "there is no file");
    }

    @Test
    void dataThatIsNotJsonIsAWrongLine() {
        Command wrong = run("api", "/v1/chat/completions", "--data", "{model}");

        assertThat(wrong.status()).isEqualTo(ExitStatus.USAGE);
        assertThat(wrong.err()).contains("--data", "line 1, column");
    }

    @Test
    void anUnfinishedLineShowsWhatMayFollow() {
        assertThat(run().status()).isEqualTo(ExitStatus.USAGE);
        assertThat(run().err()).contains("Usage: anneal", "estimate");
        assertThat(run("jobs").err()).contains("Usage: anneal jobs", "watch");
    }

    private Path rows() throws IOException {
        return Files.writeString(folder.resolve("rows.jsonl"), "{\"messages\": []}\n");
    }

    private Command run(String... arguments) {
        return Command.run(server.uri().toString(), "sk-nobody", arguments);
    }
}
