package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.Task;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A real engine process. Every line that it writes to standard output must be progress. */
final class EngineChild implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Far above what a loaded machine needs: a test that waits so long has failed. */
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path log;
    private final List<Progress> progress = new ArrayList<>();
    private final Thread reader;
    private boolean ended;

    private EngineChild(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.reader = new Thread(this::read, "progress");
        reader.start();
    }

    static EngineChild start(Task task, Path directory) throws IOException {
        return start(JSON.writerFor(Task.class).writeValueAsString(task), directory);
    }

    static EngineChild start(String task, Path directory) throws IOException {
        return start(
                task, directory, System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    }

    /** @param before folder that stands before all others on the class path */
    static EngineChild start(Task task, Path directory, Path before) throws IOException {
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return start(JSON.writerFor(Task.class).writeValueAsString(task), directory, before + File.pathSeparator + own);
    }

    private static EngineChild start(String task, Path directory, String classPath) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("task.json"), task);
        Path log = directory.resolve("stderr.log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        EngineMain.class.getName(),
                        directory.resolve("task.json").toString())
                .redirectError(log.toFile())
                .start();
        return new EngineChild(process, log);
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                add(JSON.readValue(line, Progress.class));
            }
        } catch (IOException e) {
            throw new IllegalStateException("standard output of the engine broke", e);
        } finally {
            end();
        }
    }

    private synchronized void add(Progress line) {
        progress.add(line);
        notifyAll();
    }

    private synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** Waits for progress of a kind. */
    synchronized <T extends Progress> T await(Class<T> kind, Predicate<T> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        @Nullable T found = find(kind, wanted);
        while (found == null && !ended && System.nanoTime() < deadline) {
            wait(1000);
            found = find(kind, wanted);
        }
        return Objects.requireNonNull(found, () -> "no such " + kind.getSimpleName() + " among " + progress + log());
    }

    private <T extends Progress> @Nullable T find(Class<T> kind, Predicate<T> wanted) {
        return all(kind).stream().filter(wanted).findFirst().orElse(null);
    }

    synchronized <T extends Progress> List<T> all(Class<T> kind) {
        return progress.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    <T extends Progress> T last(Class<T> kind) {
        List<T> all = all(kind);
        return all.get(all.size() - 1);
    }

    void send(Command command) throws IOException {
        send(command.wireName());
    }

    void send(ServeRequest request) throws IOException {
        send(JSON.writerFor(ServeRequest.class).writeValueAsString(request));
    }

    void send(GradingReply reply) throws IOException {
        send(JSON.writeValueAsString(reply));
    }

    private void send(String line) throws IOException {
        process.getOutputStream().write((line + "\n").getBytes(UTF_8));
        process.getOutputStream().flush();
    }

    /** What a process sees when its supervisor dies. */
    void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** SIGTERM. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** SIGKILL. */
    void kill() {
        process.toHandle().destroyForcibly();
    }

    /** Waits for the end of the process and of its output. */
    void assertEnds(int code) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as(log())
                .isTrue();
        reader.join();
        assertThat(process.exitValue()).as(log()).isEqualTo(code);
    }

    private String log() {
        try {
            return "\n" + Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
