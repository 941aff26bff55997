package dev.anneal.faults;

import dev.anneal.service.cluster.ServiceJvm;
import dev.anneal.service.cluster.SharedProperties;
import dev.anneal.service.platform.database.StoppableDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A whole installation on this machine: PostgreSQL, two API processes and three workers of one group with two devices each,
 * each process with its own way to the database.
 */
final class Installation implements AutoCloseable {

    static final int WORKERS = 3;
    static final Duration BEYOND_THE_LEASE = Duration.ofSeconds(10);

    /** Longer than an engine process may make no progress. */
    static final Duration BEYOND_THE_STALL = Duration.ofSeconds(20);

    private static final Duration STALL = Duration.ofSeconds(15);
    private static final Duration LEASE = Duration.ofSeconds(6);
    private static final Duration DATABASE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private static final int APIS = 2;

    private final Path folder;
    private final StoppableDatabase database;
    private final Disturbance databaseDisturbance;
    private final List<Member> apis = new ArrayList<>();
    private final List<Member> workers = new ArrayList<>();
    private final Api api;

    /** @param folder new or empty; holds everything */
    Installation(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        if (Network.isOwn()) {
            Network.prepare();
        }
        this.databaseDisturbance = new Disturbance(folder.resolve("postgres.disturbance"), folder.resolve("postgres"));
        this.database = StoppableDatabase.start(folder.resolve("postgres"));
        database.stop();
        database.startAgain(databaseDisturbance.environment());
        List<Integer> ports = new ArrayList<>();
        for (int number = 1; number <= APIS; number++) {
            int port = ServiceJvm.freePort();
            ports.add(port);
            apis.add(member("api", "api-" + number, Map.of("server.port", Integer.toString(port))));
            // The first migrates the schema.
            apis.get(number - 1).awaitStart();
        }
        for (int number = 1; number <= WORKERS; number++) {
            workers.add(worker(number));
        }
        for (Member worker : workers) {
            worker.awaitStart();
        }
        this.api = new Api(ports);
    }

    private Member worker(int number) throws IOException {
        String address = Network.addressOf(number);
        return member(
                "worker",
                "worker-" + number,
                Map.of(
                        "anneal.worker.devices",
                        "cpu:0,cpu:1",
                        "anneal.worker.group",
                        "all",
                        "anneal.worker.address",
                        address,
                        "anneal.worker.shortest-stall",
                        STALL.toSeconds() + "s",
                        // Of the median step, which depends on what else the machine does.
                        "anneal.worker.stall-factor",
                        "5",
                        "anneal.engine.environment[DISTURB_ADDRESS]",
                        address));
    }

    private Member member(String role, String name, Map<String, String> more) throws IOException {
        Map<String, String> properties = new HashMap<>(database.properties());
        Link link = new Link(port(properties));
        properties.replaceAll(
                (key, value) -> value.replace(":" + port(database.properties()) + "/", ":" + link.port() + "/"));
        properties.put("anneal.home", folder.resolve(name).toString());
        properties.put("anneal.storage.directory", storage().toString());
        properties.put("anneal.queue.lease", LEASE.toSeconds() + "s");
        properties.put("anneal.queue.heartbeat-interval", "2s");
        properties.put("anneal.queue.safety-margin", "1s");
        properties.put("anneal.queue.scan-interval", "1s");
        properties.put("anneal.queue.retry-delay", "500ms");
        properties.put("anneal.queue.tenant-running-limit", "8");
        properties.put("anneal.database.heartbeat-timeout", "1s");
        properties.putAll(SharedProperties.quickWorker());
        properties.putAll(more);
        Disturbance disturbance = new Disturbance(folder.resolve(name + ".disturbance"), storage());
        properties.putAll(disturbance.properties());
        return new Member(role, name, properties, link, disturbance);
    }

    private static int port(Map<String, String> properties) {
        return URI.create(properties.getOrDefault("spring.datasource.url", "").substring("jdbc:".length()))
                .getPort();
    }

    Path storage() {
        return folder.resolve("storage");
    }

    StoppableDatabase database() {
        return database;
    }

    /** Connections that no fault but the database's own disturbs. */
    JdbcClient observer() {
        return database.administrator();
    }

    Api api() {
        return api;
    }

    Disturbance databaseDisturbance() {
        return databaseDisturbance;
    }

    /**
     * Folders of the newest checkpoints of running jobs, below the store's; without final ones, which nobody may ever
     * read again. Waits for the database, which a fault of its own may have at the same time.
     */
    List<String> newestCheckpoints() {
        long deadline = System.nanoTime() + DATABASE_PATIENCE.toNanos();
        while (true) {
            try {
                return observer().sql("""
                        SELECT DISTINCT ON (job_id) directory FROM checkpoint
                        JOIN job ON job.id = checkpoint.job_id JOIN work ON work.id = job.work_id
                        WHERE work.state = 'RUNNING' AND checkpoint.step < job.total_steps ORDER BY job_id, step DESC
                        """).query(String.class).list();
            } catch (DataAccessException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    List<Member> workers() {
        return List.copyOf(workers);
    }

    Member worker(String name) {
        return workers.stream()
                .filter(worker -> worker.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Number of attempts that ended because a worker had not joined them. */
    long incompleteGroups() {
        return observer()
                .sql("SELECT count(*) FROM attempt WHERE error ->> 'code' = 'group_incomplete'")
                .query(Long.class)
                .single();
    }

    List<Member> members() {
        return Stream.concat(apis.stream(), workers.stream()).toList();
    }

    Member anyApi(Random random) {
        return apis.get(random.nextInt(apis.size()));
    }

    /** A worker that runs something, or any if none does. */
    Member anyWorker(Random random) {
        List<Member> busy = workers.stream()
                .filter(worker -> worker.process().engines().findAny().isPresent())
                .toList();
        List<Member> chosen = busy.isEmpty() ? workers : busy;
        return chosen.get(random.nextInt(chosen.size()));
    }

    @Override
    public void close() {
        members().forEach(Member::close);
        database.close();
    }
}
