package dev.anneal.service.cluster;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.core.env.Environment;

/** Properties of services in JVMs of their own that are one installation with the service of a test. */
public final class SharedProperties {

    private static final List<String> INSTALLATION = List.of(
            "spring.datasource.url",
            "spring.datasource.username",
            "spring.datasource.password",
            "spring.flyway.user",
            "spring.flyway.password",
            "anneal.api-keys");
    private static final List<String> DATABASE = INSTALLATION.subList(0, INSTALLATION.size() - 1);
    private static final List<String> QUEUE = List.of(
            "anneal.queue.lease",
            "anneal.queue.heartbeat-interval",
            "anneal.queue.safety-margin",
            "anneal.queue.scan-interval",
            "anneal.queue.retry-delay");

    private SharedProperties() {}

    /** Where the test's database is, and its logins. */
    public static Map<String, String> database(Environment environment) {
        return DATABASE.stream().collect(Collectors.toMap(key -> key, environment::getRequiredProperty));
    }

    /** Database and keys of the test's service, and {@code more} of its properties; the caller may add others. */
    public static Map<String, String> of(Environment environment, String... more) {
        Map<String, String> properties = new HashMap<>();
        INSTALLATION.forEach(key -> properties.put(key, environment.getRequiredProperty(key)));
        for (String key : more) {
            properties.put(key, environment.getRequiredProperty(key));
        }
        return properties;
    }

    /**
     * Also the test's queue, and what makes a worker quick and its results the same bits every time. Which store it
     * has, the caller says.
     */
    static Map<String, String> ofWorker(Environment environment, Path home) {
        Map<String, String> properties = of(environment, QUEUE.toArray(String[]::new));
        properties.put("anneal.home", home.toString());
        properties.putAll(quickWorker());
        return properties;
    }

    /** What makes a worker quick and its results the same bits every time. */
    public static Map<String, String> quickWorker() {
        return Map.of(
                "anneal.engine.cache-directory",
                        Path.of("target", "engine-cache").toAbsolutePath().toString(),
                "anneal.engine.heap", "256MB",
                "anneal.engine.threads", "1",
                "anneal.engine.precision", "fp32",
                "anneal.engine.jvm-options", "-XX:TieredStopAtLevel=1",
                "anneal.worker.poll-interval", "200ms",
                "anneal.worker.publish-interval", "100ms");
    }

    /** Where the test's service stores artifacts, for a process with another home. */
    static String storageDirectory(Environment environment) {
        return Path.of(environment.getRequiredProperty("anneal.storage.directory"))
                .toAbsolutePath()
                .toString();
    }
}
