package dev.anneal.service.models.hub;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A commit of a model's repository.
 *
 * @param license as its card says; null if it says none
 * @param files at the top of the repository
 */
record HubRevision(String id, String sha, @Nullable String license, List<HubFile> files) {

    HubRevision {
        files = List.copyOf(files);
    }

    Optional<HubFile> file(String name) {
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }
}
