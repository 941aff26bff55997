package dev.anneal.service.worker.assignment;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.format.json.JsonFault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Verifies a checkpoint's files against the hashes in its {@code state.json}. */
final class CheckpointCheck {

    private static final String STATE = "state.json";

    private CheckpointCheck() {}

    /** The problem with the folder, if any. */
    static Optional<String> problemOf(Path folder) {
        try {
            State state = JsonMapper.shared().readValue(Files.readAllBytes(folder.resolve(STATE)), State.class);
            for (Map.Entry<String, String> expected : state.sha256().entrySet()) {
                String found = Sha256.of(folder.resolve(expected.getKey()));
                if (!found.equals(expected.getValue())) {
                    return Optional.of("%s has the SHA-256 %s but was written with %s"
                            .formatted(expected.getKey(), found, expected.getValue()));
                }
            }
            return Optional.empty();
        } catch (JacksonException e) {
            return Optional.of("%s holds %s".formatted(STATE, JsonFault.of(e)));
        } catch (IOException e) {
            return Optional.of("it cannot be read: " + e.getMessage());
        }
    }

    /** The part of the state that is read here. */
    record State(Map<String, String> sha256) {

        State {
            if (sha256 == null || sha256.isEmpty()) {
                throw new IllegalArgumentException("it names no files");
            }
            sha256 = Map.copyOf(sha256);
        }
    }
}
