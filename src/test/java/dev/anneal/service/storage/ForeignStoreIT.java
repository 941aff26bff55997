package dev.anneal.service.storage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.cluster.ServiceJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process with a database and a home of its own that is given the store of another installation. */
class ForeignStoreIT {

    @TempDir
    private Path folder;

    @Test
    void itDoesNotStartUntilItIsToldToTakeTheStoreOver() throws Exception {
        UUID other = UUID.randomUUID();
        Path marker = Files.createDirectories(folder.resolve("store")).resolve(".installation.json");
        Files.writeString(marker, MarkerText.of(other).json());

        String log = refusal();
        assertThat(log)
                .contains("APPLICATION FAILED TO START")
                .contains("folder " + marker.getParent() + ", belongs to another installation")
                .contains("names " + other)
                .contains("anneal.storage.adopt-from=" + other)
                .doesNotContain("\tat ");
        assertThat(Files.readString(marker)).isEqualTo(MarkerText.of(other).json());

        try (ServiceJvm worker = start(Map.of("anneal.storage.adopt-from", other.toString()))) {
            assertThat(worker.awaitExit()).isZero();
        }
        MarkerText own = MarkerText.read(Files.readString(marker)).orElseThrow();
        assertThat(log).contains("this database is that of " + own.installation());
        assertThat(own.former()).containsExactly(other);
    }

    private String refusal() throws IOException, InterruptedException {
        try (ServiceJvm worker = start(Map.of())) {
            assertThat(worker.awaitExit()).isEqualTo(1);
            return worker.log();
        }
    }

    private ServiceJvm start(Map<String, String> more) throws IOException {
        Map<String, String> properties = new HashMap<>(more);
        properties.put("anneal.home", folder.resolve("home").toString());
        properties.put("anneal.storage.directory", folder.resolve("store").toString());
        properties.put("anneal.worker.max-idle", "1s");
        return ServiceJvm.start("worker", "foreign-store", properties);
    }
}
