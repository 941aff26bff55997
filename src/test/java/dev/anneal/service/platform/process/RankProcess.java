package dev.anneal.service.platform.process;

import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Engine processes of trainings on several devices, as Linux shows them. */
public final class RankProcess {

    private RankProcess() {}

    /** Rank of a process of a group, by the task file that is its last argument; empty for other processes. */
    public static Optional<Integer> rankOf(ProcessHandle process) {
        try {
            String[] arguments = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"))
                    .split("\0");
            String last = arguments[arguments.length - 1];
            if (!last.endsWith(EngineLauncher.TASK_FILE)) {
                return Optional.empty();
            }
            Task task = JsonMapper.shared().readValue(Files.readString(Path.of(last)), Task.class);
            return task instanceof TrainTask training && training.group() != null
                    ? Optional.of(training.group().rank())
                    : Optional.empty();
        } catch (IOException | JacksonException endedOrBegun) {
            return Optional.empty();
        }
    }
}
