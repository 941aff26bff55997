package dev.anneal.service.models.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What a folder's files looked like when it was inspected; as long as it is equal there is nothing new to find. */
record FolderState(List<String> files) {

    FolderState {
        files = List.copyOf(files);
    }

    static FolderState of(Path directory) throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> children = Files.list(directory)) {
            for (Path child : (Iterable<Path>) children.sorted()::iterator) {
                BasicFileAttributes attributes = Files.readAttributes(child, BasicFileAttributes.class);
                files.add(child.getFileName() + " " + attributes.size() + " " + attributes.lastModifiedTime());
            }
        }
        return new FolderState(files);
    }
}
