package dev.anneal.service;

import com.github.dockerjava.api.exception.DockerException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.testcontainers.containers.ContainerFetchException;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers of tests in containers, where Docker answers and has the image or can pull it. */
public final class Docker {

    private Docker() {}

    /** PostgreSQL of the image {@code anneal.test.postgres}. */
    public static PostgreSQLContainer postgres() {
        return new PostgreSQLContainer(DockerImageName.parse(postgresImage()).asCompatibleSubstituteFor("postgres"));
    }

    public static String postgresImage() {
        return System.getProperty("anneal.test.postgres", "postgres:17");
    }

    /** Empty, with a line on standard error that says why, where there can be no such container. */
    public static <C extends GenericContainer<?>> Optional<C> start(Supplier<C> wanted) {
        if (!mayBeThere()) {
            return Optional.empty();
        }
        try {
            C container = wanted.get();
            container.start();
            return Optional.of(container);
        } catch (ContainerFetchException | ContainerLaunchException | IllegalStateException | DockerException failure) {
            System.err.println("Docker answers, but gives no container for the tests, which take what comes by Maven: "
                    + failure.getMessage());
            return Optional.empty();
        }
    }

    /** Without a socket Testcontainers is not even asked: it would say at length that it finds none. */
    private static boolean mayBeThere() {
        return System.getenv("DOCKER_HOST") != null || Files.exists(Path.of("/var/run/docker.sock"));
    }
}
