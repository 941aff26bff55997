package dev.anneal.faults;

import dev.anneal.service.cluster.ServiceJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/** A process of the installation, which is started again under its name after it has ended. */
final class Member implements AutoCloseable {

    private final String role;
    private final String name;
    private final Map<String, String> properties;
    private final Link database;
    private ServiceJvm process;

    /** @param database its way to the database, which no other process uses */
    Member(String role, String name, Map<String, String> properties, Link database) throws IOException {
        this.role = role;
        this.name = name;
        this.properties = properties;
        this.database = database;
        this.process = ServiceJvm.start(role, name, properties);
    }

    String name() {
        return name;
    }

    Link database() {
        return database;
    }

    ServiceJvm process() {
        return process;
    }

    void awaitStart() throws InterruptedException {
        Patience.until(name + " answers", Duration.ofMinutes(3), process::answers);
    }

    void kill() throws IOException, InterruptedException {
        process.signal("KILL");
        process.awaitExit();
    }

    void startAgain() throws IOException {
        process = ServiceJvm.start(role, name, properties);
    }

    /** Lets it end in order, and starts it again. */
    void restart() throws IOException, InterruptedException {
        process.signal("TERM");
        process.awaitExit();
        startAgain();
        awaitStart();
    }

    @Override
    public void close() {
        process.close();
        database.close();
    }
}
