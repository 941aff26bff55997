package dev.anneal.service.models.hub;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A commit of a model's repository.
 *
 * @param license license in its card; null if it names none
 * @param files files in the repository's root
 */
record HubRevision(String id, String sha, @Nullable String license, List<HubFile> files) {

    HubRevision {
        files = List.copyOf(files);
    }

    Optional<HubFile> file(String name) {
        return files.stream().filter(file -> file.name().equals(name)).findFirst();
    }
}
