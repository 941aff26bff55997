package dev.anneal.service.platform.postgres;

import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.service.platform.cache.SharedCache;
import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import dev.anneal.service.platform.schedule.DaemonThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.util.FileSystemUtils;

/**
 * The PostgreSQL of an installation without a configured database: a server process on this host with a persistent data
 * folder.
 *
 * <p>The process that holds the lock file owns the server and stops it when it ends; a server left behind by a killed
 * owner is taken over. Another process with the same folder shares the owner's server. Where it is supervised, the
 * owner starts a server that has ended again on the same port; if the owner has ended as well, another process does so
 * and owns it then.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final String DATABASE = "anneal";
    /** Prefix of folders in which a data directory is being created. */
    private static final String UNFINISHED = "unfinished-";

    private static final int WAIT_FOR_OWNER_STEPS = 300;
    private static final long WAIT_STEP_MILLISECONDS = 100;
    private static final long SUPERVISION_MILLISECONDS = 500;

    private final Path home;
    private final Path dataDirectory;
    private final ServerPrograms programs;
    /** Open with its lock while this process owns the server. */
    private @Nullable FileChannel ownership;

    private final int port;
    private final EmbeddedLogins logins;
    private final CountDownLatch closed = new CountDownLatch(1);
    /** Why the last attempt to start the server again failed, which is logged once. */
    private String lastFailure = "";

    private EmbeddedPostgres(Path home, SharedCache cache) throws IOException {
        this.home = PrivateFiles.createFolders(home);
        this.dataDirectory = home.resolve("data");
        this.programs = new ServerPrograms(PostgresBinaries.in(cache), dataDirectory);
        this.ownership = tryToOwn();
        try {
            this.port = ownership == null ? awaitOwnersServer() : startOrTakeOver();
            this.logins = EmbeddedLogins.read(passwordFile());
        } catch (IOException | RuntimeException failure) {
            giveUp(failure);
            throw failure;
        }
    }

    /** Releases ownership of the server to another process or attempt. */
    private void giveUp(Exception cause) {
        if (ownership != null) {
            try {
                ownership.close();
            } catch (IOException failure) {
                cause.addSuppressed(failure);
            }
        }
    }

    /**
     * Starts the server, or uses a running one.
     *
     * @param home folder of its data, passwords and log
     * @param cache where its programs are unpacked
     */
    public static EmbeddedPostgres start(Path home, SharedCache cache) {
        try {
            return new EmbeddedPostgres(home.toAbsolutePath(), cache);
        } catch (IOException failure) {
            throw new UncheckedIOException(
                    "the embedded PostgreSQL in %s did not start: %s".formatted(home, failure.getMessage()), failure);
        }
    }

    public DatabaseAccess access() {
        return new DatabaseAccess(url(port, DATABASE), logins.application(), logins.owner(), true);
    }

    /** Superuser connections, for tests. */
    public DataSource administrator() {
        return source(port, DATABASE, logins.administrator());
    }

    /** From now on starts the server again when it has ended without {@link #close}, by a signal for example. */
    public void supervise() {
        DaemonThreads.start("embedded-postgres", this::superviseUntilClosed);
    }

    private void superviseUntilClosed() {
        try {
            while (!closed.await(SUPERVISION_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                reviveOrLog();
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the server accepts connections at the address of {@link #access}. */
    public boolean isReady() {
        try {
            return PostmasterFile.ofRunning(dataDirectory)
                    .filter(running -> running.isReady() && running.port() == port)
                    .isPresent();
        } catch (IOException unreadable) {
            return false;
        }
    }

    private void reviveOrLog() {
        try {
            revive();
            lastFailure = "";
        } catch (IOException | RuntimeException failure) {
            // While processes of the ended server still use its memory, the start fails.
            if (!lastFailure.equals(failure.getMessage())) {
                LOG.warn(
                        "The embedded PostgreSQL did not start on port {} and is tried again until it does; see {}: {}",
                        port,
                        serverLog(),
                        failure.getMessage());
            }
            lastFailure = String.valueOf(failure.getMessage());
        }
    }

    /** Synchronized with {@link #close}, so that no server starts after it. */
    private synchronized void revive() throws IOException {
        if (closed.getCount() == 0 || PostmasterFile.ofRunning(dataDirectory).isPresent()) {
            return;
        }
        ownership = ownership == null ? tryToOwn() : ownership;
        if (ownership == null) {
            return;
        }
        if (lastFailure.isEmpty()) {
            LOG.warn("The embedded PostgreSQL has ended; it is started again and recovers from its log");
        }
        Files.deleteIfExists(PostmasterFile.path(dataDirectory));
        programs.startOn(port, serverLog());
        LOG.info("The embedded PostgreSQL listens on port {} again", port);
    }

    /** Stops the server if this process owns it. */
    @Override
    public synchronized void close() {
        closed.countDown();
        FileChannel owned = ownership;
        if (owned == null) {
            return;
        }
        try (owned) {
            if (PostmasterFile.ofRunning(dataDirectory).isPresent()) {
                programs.stop();
            }
            LOG.info("The embedded PostgreSQL has stopped; its data stays in {}", home);
        } catch (IOException failure) {
            LOG.error("The embedded PostgreSQL did not stop; the next start takes it over", failure);
        }
    }

    private @Nullable FileChannel tryToOwn() throws IOException {
        FileChannel channel =
                FileChannel.open(home.resolve("owner.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException ownedByThisProcess) {
            LOG.debug("This process owns the embedded PostgreSQL already", ownedByThisProcess);
        }
        channel.close();
        return null;
    }

    private int startOrTakeOver() throws IOException {
        Optional<PostmasterFile> running = PostmasterFile.ofRunning(dataDirectory);
        if (!Files.exists(setUpMarker())) {
            return startNew(running.isPresent());
        }
        if (running.isPresent()) {
            LOG.info(
                    "Taking over the embedded PostgreSQL of an earlier run, process {}",
                    running.get().pid());
            return running.get().port();
        }
        if (Files.deleteIfExists(PostmasterFile.path(dataDirectory))) {
            LOG.info("The embedded PostgreSQL was not shut down cleanly; it recovers from its log now");
        }
        return startServer();
    }

    /** Removes an interrupted set-up, which cannot contain user data yet. */
    private int startNew(boolean isRunning) throws IOException {
        if (isRunning) {
            LOG.info("The set-up of the embedded PostgreSQL was interrupted; it is stopped and set up again");
            programs.stop();
        }
        FileSystemUtils.deleteRecursively(dataDirectory);
        clearAwayUnfinished();
        initialize();
        int started = startServer();
        try {
            setUp(started);
        } catch (IOException | RuntimeException failure) {
            stopAfter(failure);
            throw failure;
        }
        return started;
    }

    private void stopAfter(Exception cause) {
        try {
            programs.stop();
        } catch (IOException failure) {
            cause.addSuppressed(failure);
        }
    }

    private int startServer() throws IOException {
        int started = programs.start(serverLog());
        LOG.info("The embedded PostgreSQL listens on port {}, its data in {}", started, home);
        return started;
    }

    private void clearAwayUnfinished() throws IOException {
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(home, UNFINISHED + "*")) {
            for (Path each : unfinished) {
                if (!FileSystemUtils.deleteRecursively(each.toFile())) {
                    LOG.info("{} of an earlier start is kept, because a process still writes to it", each);
                }
            }
        }
    }

    /** Uses a separate folder, because initdb outlives a killed service and continues to write. */
    private void initialize() throws IOException {
        EmbeddedLogins generated = EmbeddedLogins.generate();
        generated.write(passwordFile());
        Path administratorPassword = Files.createTempFile("anneal-", ".pw");
        try {
            Files.writeString(administratorPassword, generated.administrator().password());
            Path unfinished = Files.createTempDirectory(home, UNFINISHED);
            programs.initialize(unfinished, administratorPassword);
            Files.move(unfinished, dataDirectory, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.delete(administratorPassword);
        }
    }

    private void setUp(int startedPort) throws IOException {
        EmbeddedLogins generated = EmbeddedLogins.read(passwordFile());
        JdbcClient administrator = JdbcClient.create(source(startedPort, "postgres", generated.administrator()));
        generated.createOn(administrator);
        Files.createFile(setUpMarker());
    }

    private int awaitOwnersServer() throws IOException {
        for (int step = 0; step < WAIT_FOR_OWNER_STEPS; step++) {
            Optional<PostmasterFile> running = PostmasterFile.ofRunning(dataDirectory);
            if (running.isPresent() && Files.exists(setUpMarker())) {
                LOG.info(
                        "Sharing the embedded PostgreSQL of another process on port {}",
                        running.get().port());
                return running.get().port();
            }
            pause();
        }
        throw new IOException("another process holds owner.lock, but its server does not start; see server.log");
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(WAIT_STEP_MILLISECONDS);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for the server", interruption);
        }
    }

    private Path serverLog() {
        return home.resolve("server.log");
    }

    private Path passwordFile() {
        return home.resolve("passwords.properties");
    }

    /** Within the data directory, so that removing another file cannot make complete data look incomplete. */
    private Path setUpMarker() {
        return dataDirectory.resolve("anneal-set-up");
    }

    private static DataSource source(int port, String database, Login login) {
        return new DriverManagerDataSource(url(port, database), login.name(), login.password());
    }

    private static String url(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, database);
    }
}
