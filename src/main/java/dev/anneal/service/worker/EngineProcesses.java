package dev.anneal.service.worker;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.process.EngineExit;
import dev.anneal.service.platform.process.EngineLauncher;
import dev.anneal.service.platform.process.EngineProcess;
import dev.anneal.service.platform.process.EngineWorkspace;
import dev.anneal.service.queue.WorkError;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine processes of an attempt: one on each of its devices. The first one's progress is the attempt's. When one
 * of them fails, the others cannot continue and are killed.
 */
final class EngineProcesses {

    private static final Logger LOG = LoggerFactory.getLogger(EngineProcesses.class);

    /** How long after the failure of one the others may take to end by themselves. */
    private static final long PATIENCE_SECONDS = 5;

    /** How long those that were started may take to end if another one cannot be started. */
    private static final Duration END_OF_STARTED = Duration.ofSeconds(30);

    /** Error code of a process that has lost another one: its failure is only a consequence. */
    static final String RANK_LOST = "rank_lost";

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
    record Ended(EngineExit exit, Progress.@Nullable Failed failed) {

        /** Whether it failed only because it had lost another process. */
        boolean hasLostAnother() {
            return failed != null && failed.code().equals(RANK_LOST);
        }

        /** Logs the error of the work with the last output of the process. */
        void log(long workId, WorkError error) {
            LOG.warn(
                    "Work {}: {} Last output of its process, exit code {}:\n{}",
                    workId,
                    error.message(),
                    exit.code(),
                    exit.stderrTail());
        }
    }

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

        /** Whether it has neither done its task nor given it back. For a process that has ended. */
        boolean isFailed() {
            return process()
                    .exit()
                    .handle((exit, failure) -> failure != null || !isOrderly(exit.meaning()))
                    .join();
        }

        private static boolean isOrderly(EngineExit.Meaning meaning) {
            return meaning == EngineExit.Meaning.DONE || meaning == EngineExit.Meaning.GIVEN_BACK;
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
     * Starts a process on each device of a worker.
     *
     * @param task of the attempt, for the first device
     * @param place where several processes meet; receives the private, empty folder of the first one
     * @param first receives the progress of the first process
     * @param others receives that of each other one
     */
    static EngineProcesses launch(
            SlotContext equipment,
            WorkerDevices.Taken devices,
            Task task,
            Function<Path, MeetingPlace> place,
            Consumer<Progress> first,
            Consumer<Progress> others)
            throws IOException {
        EngineLauncher launcher = equipment.launcher();
        EngineProcesses processes = new EngineProcesses(equipment.workspace());
        List<Task.Machine> machines =
                devices.names().stream().map(launcher::machine).toList();
        String kind = WireName.of(devices.claim().kind());
        try {
            Path directory = processes.newDirectory(kind);
            for (Task ofRank : RankTasks.of(task, machines, devices.claim(), place.apply(directory))) {
                boolean isFirst = processes.ranks.isEmpty();
                processes.start(
                        launcher, isFirst ? directory : processes.newDirectory(kind), ofRank, isFirst ? first : others);
            }
        } catch (IOException | RuntimeException | Error e) {
            processes.endStarted();
            throw e;
        }
        CompletableFuture<?>[] ends = processes.ranks.stream()
                .map(rank -> rank.process().exit().whenComplete((exit, failure) -> processes.ended(rank)))
                .toArray(CompletableFuture[]::new);
        processes.exit = CompletableFuture.allOf(ends)
                .thenApply(all -> processes.decisive().ended());
        return processes;
    }

    /** Their folders tell later sweeps of processes that do not end, so these keep them. */
    private void endStarted() {
        kill();
        try {
            CompletableFuture.allOf(
                            ranks.stream().map(rank -> rank.process().exit()).toArray(CompletableFuture[]::new))
                    .get(END_OF_STARTED.toSeconds(), TimeUnit.SECONDS);
            removeFolders();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("Engine processes {} were killed and have not ended", pids(), e);
        }
    }

    private Path newDirectory(String kind) throws IOException {
        Path directory = workspace.newDirectory(kind);
        directories.add(directory);
        return directory;
    }

    private void start(EngineLauncher launcher, Path directory, Task task, Consumer<Progress> listener)
            throws IOException {
        Rank rank = new Rank();
        rank.process = launcher.launch(task, directory, rank.reportingTo(listener));
        ranks.add(rank);
    }

    private synchronized void ended(Rank rank) {
        if (!killed) {
            endedOfThemselves.add(rank);
        }
        // After an orderly end the first one may still save.
        if (ranks.size() > 1 && !killed && rank.isFailed()) {
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
