package dev.anneal.engine.run.task;

import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Paths of this host that a task or request names. Messages to clients must not show them. */
public final class HostPaths {

    private final List<Path> longestFirst;

    private HostPaths(List<Path> paths) {
        this.longestFirst = paths.stream()
                .sorted(Comparator.comparingInt((Path path) -> path.toString().length())
                        .reversed())
                .toList();
    }

    /**
     * @param workDirectory work directory of the process
     */
    public static HostPaths of(Path workDirectory) {
        return new HostPaths(List.of(workDirectory));
    }

    /** The absolute paths of a request's models. */
    public static HostPaths of(ServeRequest.Generate request) {
        ServedModel draft = request.draft();
        HostPaths ofTarget = new HostPaths(List.of()).named(request.model());
        return draft == null ? ofTarget : ofTarget.named(draft);
    }

    /** These paths and the task's absolute ones. */
    public HostPaths with(Task task) {
        return named(task);
    }

    private HostPaths named(Object record) {
        List<Path> paths = new ArrayList<>(longestFirst);
        addPaths(JsonMapper.shared().valueToTree(record), paths);
        return new HostPaths(paths);
    }

    private static void addPaths(JsonNode node, List<Path> paths) {
        if (node.isString()) {
            Path path = Path.of(node.stringValue().replaceFirst("^file:", ""));
            if (path.isAbsolute()) {
                paths.add(path);
            }
        }
        node.forEach(child -> addPaths(child, paths));
    }

    /** The message with each of the paths replaced by its last name, and paths below it made relative to it. */
    public String takenFrom(String message) {
        String shortened = message;
        for (Path path : longestFirst) {
            Path name = path.getFileName();
            if (name != null) {
                shortened = shortened.replace(path + "/", "").replace(path.toString(), name.toString());
            }
        }
        return shortened;
    }
}
