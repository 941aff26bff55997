package dev.anneal.service;

import java.nio.file.Path;

/**
 * Folders that tests share with the service that they start. Integration tests run in several JVMs at a time, each of
 * which has folders of its own: {@code target/test-N/...}, in properties {@code target/test-${anneal.test.fork:1}/...}.
 */
public final class TestFolders {

    private static final Path ROOT = Path.of("target", "test-" + System.getProperty("anneal.test.fork", "1"));

    /** {@code target/test-N/first/more...} of this JVM. */
    public static Path of(String first, String... more) {
        return ROOT.resolve(Path.of(first, more));
    }

    private TestFolders() {}
}
