package dev.anneal.faults;

import dev.anneal.service.cluster.ServiceJvm;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A process of the installation, which is started again under its name after it has ended. */
final class Member implements AutoCloseable {

    private static final int LAST_LINES = 40;

    private final String role;
    private final String name;
    private final Map<String, String> properties;
    private final Link database;
    private final Disturbance disturbance;
    private ServiceJvm process;

    /** @param database its way to the database, which no other process uses */
    Member(String role, String name, Map<String, String> properties, Link database, Disturbance disturbance)
            throws IOException {
        this.role = role;
        this.name = name;
        this.properties = properties;
        this.database = database;
        this.disturbance = disturbance;
        this.process = start();
    }

    private ServiceJvm start() throws IOException {
        return ServiceJvm.start(role, name, properties, disturbance.environment());
    }

    String name() {
        return name;
    }

    /** At which other workers reach this one. */
    String address() {
        return properties.getOrDefault("anneal.worker.address", "");
    }

    Link database() {
        return database;
    }

    Disturbance disturbance() {
        return disturbance;
    }

    ServiceJvm process() {
        return process;
    }

    /** The end of its log. */
    String lastLines() {
        try {
            List<String> lines = process.log().lines().toList();
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
        } catch (IOException gone) {
            return gone.toString();
        }
    }

    /** A start that ends because its database is away is tried again. */
    void awaitStart() throws InterruptedException {
        Patience.until(name + " answers", Duration.ofMinutes(3), () -> {
            startAgainIfEnded();
            return process.answers();
        });
    }

    void kill() throws IOException, InterruptedException {
        process.signal("KILL");
        process.awaitExit();
    }

    void startAgain() throws IOException {
        process = start();
    }

    /** As a platform does. */
    void startAgainIfEnded() throws IOException {
        if (!process.handle().isAlive()) {
            startAgain();
        }
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
