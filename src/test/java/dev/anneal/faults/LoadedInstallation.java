package dev.anneal.faults;

import dev.anneal.service.cluster.ServiceJvm;
import dev.anneal.service.cluster.SharedProperties;
import dev.anneal.service.platform.database.StoppableDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** PostgreSQL, one API process with a heap of 512 MB and one worker that trains, with a queue of any length. */
final class LoadedInstallation implements AutoCloseable {

    static final List<String> TENANTS = List.of("one", "two", "three", "four");

    private static final Duration START = Duration.ofMinutes(3);
    private static final int OTHER_TENANTS = 50;

    private final StoppableDatabase database;
    private final ApiProcess api;
    private final ServiceJvm worker;

    /** @param folder new or empty; holds everything */
    LoadedInstallation(Path folder) throws IOException, InterruptedException {
        this.database = StoppableDatabase.start(folder.resolve("postgres"));
        Map<String, String> properties = new HashMap<>(database.properties());
        properties.put(
                "anneal.api-keys",
                TENANTS.stream().map(tenant -> tenant + ":" + keyOf(tenant)).collect(Collectors.joining(",")));
        properties.put("anneal.storage.directory", folder.resolve("storage").toString());
        this.api = new ApiProcess("512m", with(properties, folder.resolve("api")));
        Patience.until("the API answers", START, api::answers);
        Map<String, String> trains = with(properties, folder.resolve("worker"));
        trains.putAll(SharedProperties.quickWorker());
        this.worker = ServiceJvm.start("worker", "load", trains);
        Patience.until("the worker answers", START, worker::answers);
        // Their work waits for ever, and the trainings of the others begin beside it.
        database.administrator().sql("""
                        INSERT INTO tenant_quota (tenant_id, running_jobs)
                        SELECT 'tenant-' || number, 0 FROM generate_series(1, ?) AS number
                        """).param(OTHER_TENANTS).update();
    }

    private static Map<String, String> with(Map<String, String> properties, Path home) {
        Map<String, String> own = new HashMap<>(properties);
        own.put("anneal.home", home.toString());
        return own;
    }

    static String keyOf(String tenant) {
        return "key-of-" + tenant + "-0123456789";
    }

    ApiProcess api() {
        return api;
    }

    /** Queues trainings of other tenants until this many wait. */
    void fillQueue(int length) {
        database.administrator().sql("""
                        INSERT INTO work (tenant_id, kind, method, state, priority, run_at)
                        SELECT 'tenant-' || 1 + number % ?, 'TRAIN', 'supervised', 'QUEUED', number % 10, now() - make_interval(secs => number)
                        FROM generate_series(1, ? - (SELECT count(*) FROM work WHERE state = 'QUEUED')) AS number
                        """).params(OTHER_TENANTS, length).update();
        database.administrator().sql("ANALYZE work").update();
    }

    boolean isTraining() {
        return worker.engines().findAny().isPresent();
    }

    @Override
    public void close() {
        api.close();
        worker.close();
        database.close();
    }
}
