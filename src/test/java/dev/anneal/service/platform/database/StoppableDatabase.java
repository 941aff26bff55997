package dev.anneal.service.platform.database;

import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.postgres.DatabaseAccess;
import dev.anneal.service.platform.postgres.EmbeddedPostgres;
import dev.anneal.service.platform.postgres.PostgresBinaries;
import dev.anneal.service.platform.postgres.PostmasterFile;
import dev.anneal.service.platform.postgres.ServerPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A PostgreSQL of one test's own, which can be stopped for a while. */
public final class StoppableDatabase implements AutoCloseable {

    private static final SharedCache BINARIES = new SharedCache(Path.of("target"));

    private final EmbeddedPostgres server;
    private final ServerPrograms programs;
    private final Path home;
    private Map<String, String> environment = Map.of();

    private StoppableDatabase(Path home) throws IOException {
        this.home = home;
        this.server = EmbeddedPostgres.start(home, BINARIES);
        this.programs = new ServerPrograms(PostgresBinaries.in(BINARIES), data());
    }

    /** @param home folder of its data */
    public static StoppableDatabase start(Path home) throws IOException {
        return new StoppableDatabase(home);
    }

    /** By which a service finds it. */
    public Map<String, String> properties() {
        DatabaseAccess access = server.access();
        return Map.of(
                "spring.datasource.url", access.url(),
                "spring.datasource.username", access.application().name(),
                "spring.datasource.password", access.application().password(),
                "spring.flyway.user", access.owner().name(),
                "spring.flyway.password", access.owner().password());
    }

    public JdbcClient administrator() {
        return JdbcClient.create(server.administrator());
    }

    public void stop() throws IOException {
        programs.stop();
    }

    /** Kills all its processes, as a machine that fails does. */
    public void crash() throws IOException {
        ProcessHandle postmaster = ProcessHandle.of(
                        PostmasterFile.read(data()).orElseThrow().pid())
                .orElseThrow();
        List<ProcessHandle> processes =
                Stream.concat(postmaster.descendants(), Stream.of(postmaster)).toList();
        processes.forEach(ProcessHandle::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }

    /** Starts it where it was, on the same port. */
    public void startAgain() throws IOException, InterruptedException {
        startAgain(environment);
    }

    /** As {@link #startAgain()}, from now on with more environment variables. */
    public void startAgain(Map<String, String> more) throws IOException, InterruptedException {
        environment = more;
        List<String> command = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            command.addAll(List.of("unshare", "--user"));
        }
        String program = PostgresBinaries.in(BINARIES).program("pg_ctl").toString();
        String log = "--log=" + home.resolve("server.log");
        // Which takes the options of the last start, and one that does not run is only started.
        command.addAll(List.of(program, "restart", "--pgdata=" + data(), "--wait", log));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("restart.log").toFile());
        builder.environment().putAll(environment);
        int exit = builder.start().waitFor();
        if (exit != 0) {
            throw new IOException("%s ended with %d".formatted(command, exit));
        }
    }

    private Path data() {
        return home.resolve("data");
    }

    @Override
    public void close() {
        server.close();
    }
}
