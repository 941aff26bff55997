package dev.anneal.service.worker;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;

/** Workers of a {@link Stage} of each test's own. */
@WorkerTest
abstract class StageTest {

    @Autowired
    WorkerTest.Parts parts;

    /** Holds everything of the workers. */
    Path folder;

    Stage stage;

    @BeforeEach
    void open(@TempDir Path directory) {
        folder = directory;
        stage = new Stage(parts, directory);
    }

    @AfterEach
    void close() {
        stage.close();
    }
}
