package dev.anneal.service.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.anneal.service.platform.cache.SharedCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** The embedded server over restarts, kills and a second process. */
class EmbeddedPostgresIT {

    private static final SharedCache BINARIES = new SharedCache(Path.of("target"));

    @TempDir
    private Path parent;

    private Path home;

    @BeforeEach
    void homeBelowTheTemporaryFolder() {
        home = parent.resolve("postgres");
    }

    /**
     * The first of its major version with the fixes of CVE-2025-12817 and -12818 is 17.7, of CVE-2025-8713 to -8715
     * 17.6.
     */
    @Test
    void serverIsTheOneOfTheJarAndHasTheFixesOfItsVersion() {
        try (EmbeddedPostgres server = start()) {
            String version =
                    owner(server).sql("SHOW server_version").query(String.class).single();
            assertThat(PostgresBinaries.version()).isEqualTo(version + ".0");
            assertThat(Integer.parseInt(version.replace("17.", ""))).isGreaterThanOrEqualTo(7);
        }
    }

    @Test
    void dataOutlivesTheServer() {
        try (EmbeddedPostgres server = start()) {
            owner(server)
                    .sql("CREATE TABLE kept AS SELECT 'still here' AS text")
                    .update();
        }
        try (EmbeddedPostgres server = start()) {
            assertThat(kept(server)).isEqualTo("still here");
        }
    }

    @Test
    void killedServerIsRecovered() throws Exception {
        try (EmbeddedPostgres server = start()) {
            owner(server)
                    .sql("CREATE TABLE kept AS SELECT 'still here' AS text")
                    .update();
            kill();
        }
        assertThat(PostmasterFile.path(home.resolve("data"))).exists();

        try (EmbeddedPostgres server = start()) {
            assertThat(kept(server)).isEqualTo("still here");
        }
    }

    @Test
    void serverOfAKilledOwnerIsTakenOverAndStopped() throws Exception {
        start().close();
        int port = new ServerPrograms(PostgresBinaries.in(BINARIES), home.resolve("data")).start(home.resolve("log"));

        try (EmbeddedPostgres server = start()) {
            assertThat(server.access().url()).contains(":" + port + "/");
        }
        assertThat(PostmasterFile.path(home.resolve("data"))).doesNotExist();
    }

    @Test
    void secondProcessSharesTheServerAndDoesNotStopIt() {
        try (EmbeddedPostgres owner = start()) {
            try (EmbeddedPostgres guest = start()) {
                assertThat(guest.access()).isEqualTo(owner.access());
            }
            assertThat(owner(owner).sql("SELECT 1").query(Integer.class).single())
                    .isEqualTo(1);
        }
    }

    @Test
    void supervisedServerThatIsKilledStartsAgainAtItsAddress() throws Exception {
        try (EmbeddedPostgres server = start()) {
            server.supervise();
            owner(server)
                    .sql("CREATE TABLE kept AS SELECT 'still here' AS text")
                    .update();
            assertThat(server.isReady()).isTrue();

            killAlone();

            await().atMost(Duration.ofSeconds(30)).until(() -> !server.isReady());
            await().atMost(Duration.ofSeconds(60)).until(server::isReady);
            assertThat(kept(server)).isEqualTo("still here");
        }
        assertThat(PostmasterFile.path(home.resolve("data"))).doesNotExist();
    }

    @Test
    void serverOfAnOwnerThatEndsIsStartedAgainByAnotherProcess() {
        try (EmbeddedPostgres guest = startedBeside(start())) {
            guest.supervise();
            await().atMost(Duration.ofSeconds(60)).until(guest::isReady);
            assertThat(owner(guest).sql("SELECT 1").query(Integer.class).single())
                    .isEqualTo(1);
        }
        assertThat(PostmasterFile.path(home.resolve("data"))).doesNotExist();
    }

    private EmbeddedPostgres startedBeside(EmbeddedPostgres owner) {
        try (owner) {
            return start();
        }
    }

    @Test
    void serverKeepsItsPortOverARestart() {
        String before;
        try (EmbeddedPostgres server = start()) {
            before = server.access().url();
        }
        try (EmbeddedPostgres server = start()) {
            assertThat(server.access().url()).isEqualTo(before);
        }
    }

    @Test
    void setUpThatWasCutOffBeginsAgain() throws IOException {
        Files.createDirectories(home.resolve("data"));
        Files.writeString(home.resolve("data").resolve("PG_VERSION"), "17");

        try (EmbeddedPostgres server = start()) {
            assertThat(owner(server)
                            .sql("SELECT current_user")
                            .query(String.class)
                            .single())
                    .isEqualTo("anneal_owner");
        }
    }

    @Test
    void serverOfASetUpThatWasCutOffIsStoppedAndMadeAnew() throws IOException {
        Path data = Files.createDirectories(home).resolve("data");
        Path password = Files.writeString(parent.resolve("password"), "secret");
        ServerPrograms programs = new ServerPrograms(PostgresBinaries.in(BINARIES), data);
        programs.initialize(data, password);
        programs.start(home.resolve("log"));
        PostmasterFile cutOff = PostmasterFile.read(data).orElseThrow();
        Files.createDirectory(home.resolve("unfinished-1"));

        try (EmbeddedPostgres server = start()) {
            assertThat(owner(server)
                            .sql("SELECT current_user")
                            .query(String.class)
                            .single())
                    .isEqualTo("anneal_owner");
            assertThat(PostmasterFile.read(data).orElseThrow().pid()).isNotEqualTo(cutOff.pid());
        }
        awaitEnd(cutOff);
        assertThat(home.resolve("unfinished-1")).doesNotExist();
    }

    @Test
    void passwordsAreTheServicesAlone() throws IOException {
        try (EmbeddedPostgres server = start()) {
            assertThat(PosixFilePermissions.toString(
                            Files.getPosixFilePermissions(home.resolve("passwords.properties"))))
                    .isEqualTo("rw-------");
            JdbcClient stranger = JdbcClient.create(
                    new DriverManagerDataSource(server.access().url(), "postgres", "guess"));
            assertThatThrownBy(
                            () -> stranger.sql("SELECT 1").query(Integer.class).single())
                    .isInstanceOf(CannotGetJdbcConnectionException.class)
                    .hasStackTraceContaining("password authentication failed");
        }
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(home, BINARIES);
    }

    /** The postmaster only; its processes live on until they notice. */
    private void killAlone() throws IOException {
        ProcessHandle.of(PostmasterFile.read(home.resolve("data")).orElseThrow().pid())
                .orElseThrow()
                .destroyForcibly();
    }

    private void kill() throws IOException {
        PostmasterFile server = PostmasterFile.read(home.resolve("data")).orElseThrow();
        ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
        awaitEnd(server);
    }

    /** A server is no child of ours: where nobody collects it, it stays in the process table after its end. */
    private static void awaitEnd(PostmasterFile server) {
        await().atMost(Duration.ofSeconds(10)).until(() -> !server.isAlive());
    }

    private static String kept(EmbeddedPostgres server) {
        return owner(server).sql("SELECT text FROM kept").query(String.class).single();
    }

    private static JdbcClient owner(EmbeddedPostgres server) {
        DatabaseAccess access = server.access();
        return JdbcClient.create(new DriverManagerDataSource(
                access.url(), access.owner().name(), access.owner().password()));
    }
}
