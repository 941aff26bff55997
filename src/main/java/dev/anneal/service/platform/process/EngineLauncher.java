package dev.anneal.service.platform.process;

import dev.anneal.engine.format.file.PrivateFiles;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.service.platform.cache.SharedCache;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** Starts engine processes: a JVM with the engine's main class, a task file, and its own environment. */
public final class EngineLauncher {

    /** Given by name, because loading the class would load native code into this process. */
    public static final String ENGINE_MAIN = "dev.anneal.engine.run.EngineMain";

    private static final String DEVICE_MAIN = "dev.anneal.engine.run.DeviceMain";

    static final String TASK_FILE = "task.json";

    private static final int YOUNG_MEGABYTES = 16;

    /**
     * Inherited variables: paths of programs, libraries and temporary files, and text encoding. No others, because the
     * service's environment holds credentials.
     */
    private static final Set<String> INHERITED =
            Set.of("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "JAVA_HOME");

    private static final List<String> INHERITED_PREFIXES = List.of("CUDA_", "NVIDIA_", "PYTORCH_", "NCCL_");

    private final EngineProperties properties;
    private final Path home;
    private final Path cacheDirectory;
    private final List<String> nice;
    private final String classPath;
    private final String mainClass;

    /**
     * @param home {@code anneal.home}
     * @param cache where programs and native libraries are unpacked
     * @param mainClass {@link #ENGINE_MAIN}, or a program of a test that speaks the same protocol
     */
    public EngineLauncher(EngineProperties properties, Path home, SharedCache cache, String mainClass) {
        this.properties = properties;
        // An engine process works in its own folder.
        this.home = home.toAbsolutePath();
        this.cacheDirectory =
                SharedCache.nativeLibraries(Objects.requireNonNullElseGet(properties.cacheDirectory(), cache::engine)
                        .toAbsolutePath());
        this.nice = Niceness.prefix(properties.niceness(), Objects.requireNonNullElse(System.getenv("PATH"), ""));
        this.classPath = new EngineClasspath(cache).of(System.getProperty("java.class.path"));
        this.mainClass = mainClass;
    }

    /** Checks whether processes can be given folders on this machine. */
    public void tryFolder() throws IOException {
        EngineWorkspace.tryAll();
    }

    /**
     * A workspace on this host, after orphans of dead workers have ended.
     *
     * @param grace how long orphans may take to save and exit by themselves
     */
    public EngineWorkspace openWorkspace(Duration grace) {
        return EngineWorkspace.open(home.resolve("engines"), grace);
    }

    /** Set-up of the processes that compute on the device. */
    public EngineSetup setup(String device) {
        return EngineSetup.of(device, properties);
    }

    /** What a process on the device computes with. */
    public Task.Machine machine(String device) {
        return properties.machine(device);
    }

    /**
     * Starts a process for {@code task}.
     *
     * @param directory an existing folder for this process only: its working directory, which gets the task file
     * @param listener receives the process's progress, in order, on a thread of the process
     */
    public EngineProcess launch(Task task, Path directory, Consumer<Progress> listener) throws IOException {
        Path taskFile = directory.resolve(TASK_FILE);
        PrivateFiles.write(taskFile, JsonMapper.shared().writerFor(Task.class).writeValueAsString(task));
        return start(mainClass, List.of(taskFile.toString()), task.machine().device(), directory, listener);
    }

    /**
     * Starts a process that tests each of the devices and exits; it reports {@link Progress.Failed} for the first
     * unusable one.
     *
     * @param devices {@code cpu} alone, or names of CUDA devices, at least one
     * @param directory as for {@link #launch}
     */
    public EngineProcess tryDevices(List<String> devices, Path directory, Consumer<Progress> listener)
            throws IOException {
        return start(DEVICE_MAIN, devices, devices.get(0), directory, listener);
    }

    private EngineProcess start(
            String main, List<String> arguments, String device, Path directory, Consumer<Progress> listener)
            throws IOException {
        List<String> command = command();
        command.add(main);
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> !isInherited(name));
        environment.putAll(environment());
        CudaEnvironment.settle(environment, device, properties.libtorchOf(device));
        environment.putAll(properties.environment());
        PrivateFiles.createFolders(cacheDirectory);
        Process process = builder.start();
        try {
            ProcessRecord.write(directory, process.toHandle());
            return new EngineProcess(process, listener);
        } catch (IOException | RuntimeException | Error e) {
            // Otherwise neither this worker nor a later sweep would know of the process.
            process.destroyForcibly();
            throw e;
        }
    }

    private static boolean isInherited(String name) {
        return INHERITED.contains(name) || INHERITED_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(Umask.prefix());
        command.addAll(nice);
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx" + properties.heap().toMegabytes() + "m");
        // The young generation's peak size stays resident: a small one is collected more often, but within
        // milliseconds.
        command.add("-Xmn" + YOUNG_MEGABYTES + "m");
        command.add("-Xms" + 2 * YOUNG_MEGABYTES + "m");
        // The process allocates little; a parallel collector would only take cores from the arithmetic.
        command.add("-XX:+UseSerialGC");
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-XX:-CreateCoredumpOnCrash");
        command.add("-XX:ErrorFile=crash.log");
        // Standard output belongs to the protocol; crashes are reported on standard error, whose last lines are kept.
        command.add("-XX:+DisplayVMOutputToStderr");
        command.add("-Dai.djl.offline=true");
        command.addAll(properties.jvmOptions());
        command.add("-cp");
        command.add(classPath);
        return command;
    }

    private Map<String, String> environment() {
        EngineProperties.Malloc malloc = properties.malloc();
        return Map.of(
                // Threads run their operators alone, except in decoding (OperatorThreads): a spinning OpenMP team would
                // take the other threads' cores.
                "OMP_NUM_THREADS",
                "1",
                // Iterations of spinning, about 10 us, before a thread sleeps. The default, a hundred times as long,
                // takes cores from other threads, including the one it waits for.
                "GOMP_SPINCOUNT",
                "3000",
                "MKL_NUM_THREADS",
                "1",
                // Otherwise DJL calls a cloud metadata address and an external host.
                "OPT_OUT_TRACKING",
                "true",
                "ENGINE_CACHE_DIR",
                cacheDirectory.toString(),
                // Threads sharing one arena wait for each other at every tensor; one arena per thread would keep too
                // many freed buffers.
                "MALLOC_ARENA_MAX",
                "2",
                "MALLOC_MMAP_THRESHOLD_",
                Long.toString(malloc.mmapThreshold().toBytes()),
                "MALLOC_TRIM_THRESHOLD_",
                Long.toString(malloc.trimThreshold().toBytes()),
                "MALLOC_TOP_PAD_",
                Long.toString(malloc.topPad().toBytes()));
    }
}
