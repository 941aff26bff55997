package dev.anneal.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Function;

/** Processes are killed, stopped, restarted and kept from memory. */
final class ProcessFaults {

    private static final Duration WITHOUT_MEMORY = Duration.ofSeconds(5);

    private ProcessFaults() {}

    static void killWorker(Installation installation, Random random) throws Exception {
        Member worker = installation.anyWorker(random);
        worker.kill();
        worker.startAgain();
    }

    static void killEngine(Installation installation, Random random) {
        installation.anyWorker(random).process().engines().forEach(ProcessHandle::destroyForcibly);
    }

    static void stopWorker(Installation installation, Random random) throws Exception {
        Member worker = installation.anyWorker(random);
        Outage.of(
                Installation.BEYOND_THE_LEASE,
                () -> worker.process().signal("STOP"),
                () -> worker.process().signal("CONT"));
    }

    static void killApi(Installation installation, Random random) throws Exception {
        Member api = installation.anyApi(random);
        api.kill();
        api.startAgain();
        api.awaitStart();
    }

    static void restartAll(Installation installation, Random random) throws Exception {
        for (Member member : installation.members()) {
            member.restart();
        }
    }

    static void engineWithoutMemory(Installation installation, Random random) throws Exception {
        withoutMemory(installation.anyWorker(random).process().engines().toList());
    }

    static void workerWithoutMemory(Installation installation, Random random) throws Exception {
        Member worker = installation.anyWorker(random);
        withoutMemory(List.of(worker.process().handle()));
        worker.startAgainIfEnded();
    }

    private static void withoutMemory(List<ProcessHandle> processes) throws Exception {
        Outage.of(
                WITHOUT_MEMORY,
                () -> limit(processes, process -> Long.toString(addressSpaceBytes(process))),
                () -> limit(processes, process -> "unlimited"));
    }

    private static void limit(List<ProcessHandle> processes, Function<ProcessHandle, String> bytes) throws Exception {
        for (ProcessHandle process : processes) {
            limit(process, bytes.apply(process));
        }
    }

    private static void limit(ProcessHandle process, String bytes) throws IOException, InterruptedException {
        new ProcessBuilder("prlimit", "--pid=" + process.pid(), "--as=" + bytes + ":unlimited")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** 0 if it has ended. */
    private static long addressSpaceBytes(ProcessHandle process) {
        try {
            return Files.readAllLines(Path.of("/proc", Long.toString(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmSize:"))
                    .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException ended) {
            return 0;
        }
    }
}
