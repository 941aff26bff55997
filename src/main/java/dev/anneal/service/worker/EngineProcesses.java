package dev.anneal.service.worker;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.process.EngineWorkspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The engine processes of an attempt: one on each of its devices. The first one's progress is the attempt's. When one
 * of them fails, the others cannot continue and are killed.
 */
final class EngineProcesses {

    /** How long after the end of one the others may take to end by themselves. */
    private static final long PATIENCE_SECONDS = 5;

    /** Error code of a process that has lost another one: its failure is only a consequence. */
    private static final String RANK_LOST = "rank_lost";

    private final EngineWorkspace workspace;
    private final List<Path> directories = new ArrayList<>();
    private final List<Rank> ranks = new ArrayList<>();
    private final List<Rank> endedOfThemselves = new ArrayList<>();
    private boolean killed;
    private CompletableFuture<Ended> exit = new CompletableFuture<>();

    /**
     * How the attempt's processes ended.
     *
     * @param failed what the process that decided it has reported, or null
     */
    record Ended(EngineExit exit, Progress.@Nullable Failed failed) {}

    /** A process with the failure that it has reported. */
    private static final class Rank {
        private @Nullable EngineProcess process;
        private volatile Progress.@Nullable Failed failed;

        Consumer<Progress> reportingTo(Consumer<Progress> listener) {
            return event -> {
                if (event instanceof Progress.Failed failure) {
                    failed = failure;
                }
                listener.accept(event);
            };
        }

        EngineProcess process() {
            EngineProcess started = process;
            if (started == null) {
                throw new IllegalStateException("the process was not started");
            }
            return started;
        }

        Ended ended() {
            return new Ended(process().exit().join(), failed);
        }

        boolean isFailed() {
            EngineExit.Meaning meaning = process().exit().join().meaning();
            return meaning != EngineExit.Meaning.DONE && meaning != EngineExit.Meaning.GIVEN_BACK;
        }

        boolean hasOnlyLostAnother() {
            Progress.Failed failure = failed;
            return failure != null && failure.code().equals(RANK_LOST);
        }
    }

    private EngineProcesses(EngineWorkspace workspace) {
        this.workspace = workspace;
    }

    /**
     * Starts a process for each task.
     *
     * @param kind name of their folders
     * @param first receives the progress of the first process
     * @param others receives that of each other one
     */
    static EngineProcesses launch(
            EngineLauncher launcher,
            EngineWorkspace workspace,
            String kind,
            List<Task> tasks,
            Consumer<Progress> first,
            Consumer<Progress> others)
            throws IOException {
        EngineProcesses processes = new EngineProcesses(workspace);
        try {
            for (Task task : tasks) {
                processes.start(launcher, kind, task, processes.ranks.isEmpty() ? first : others);
            }
        } catch (IOException | RuntimeException | Error e) {
            processes.kill();
            processes.removeFolders();
            throw e;
        }
        CompletableFuture<?>[] ends = processes.ranks.stream()
                .map(rank -> rank.process().exit().whenComplete((exit, failure) -> processes.ended(rank)))
                .toArray(CompletableFuture[]::new);
        processes.exit = CompletableFuture.allOf(ends)
                .thenApply(all -> processes.decisive().ended());
        return processes;
    }

    private void start(EngineLauncher launcher, String kind, Task task, Consumer<Progress> listener)
            throws IOException {
        Path directory = workspace.newDirectory(kind);
        directories.add(directory);
        Rank rank = new Rank();
        rank.process = launcher.launch(task, directory, rank.reportingTo(listener));
        ranks.add(rank);
    }

    private synchronized void ended(Rank rank) {
        if (!killed) {
            endedOfThemselves.add(rank);
        }
        if (endedOfThemselves.size() == 1 && ranks.size() > 1) {
            CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .execute(this::kill);
        }
    }

    /** The process whose progress is the attempt's. */
    EngineProcess first() {
        return ranks.get(0).process();
    }

    /** Ids of the processes, for the log. */
    List<Long> pids() {
        return ranks.stream().map(rank -> rank.process().pid()).toList();
    }

    void send(Command command) {
        ranks.forEach(rank -> rank.process().send(command));
    }

    /** Ends all at once. */
    synchronized void kill() {
        killed = true;
        ranks.forEach(rank -> rank.process().kill());
    }

    boolean haveEnded() {
        return ranks.stream().allMatch(rank -> rank.process().exit().isDone());
    }

    /** Completes when all have ended. */
    CompletableFuture<Ended> exit() {
        return exit.copy();
    }

    /**
     * The first process if it has done its task or given it back, otherwise the one that failed first, but for those
     * that failed because they had lost another one.
     */
    private synchronized Rank decisive() {
        Rank first = ranks.get(0);
        if (!first.isFailed()) {
            return first;
        }
        List<Rank> failed = endedOfThemselves.stream().filter(Rank::isFailed).toList();
        Optional<Rank> cause =
                failed.stream().filter(rank -> !rank.hasOnlyLostAnother()).findFirst();
        return cause.or(() -> failed.stream().findFirst()).orElse(first);
    }

    /** Removes the folders of the processes, which have ended. */
    void removeFolders() {
        directories.forEach(workspace::remove);
    }
}
