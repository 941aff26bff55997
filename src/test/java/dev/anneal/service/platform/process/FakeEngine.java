package dev.anneal.service.platform.process;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.protocol.Command;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ReportedSteps;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program that speaks the engine's protocol and trains nothing: its state after each step is a hash of the state
 * before, so equal states mean that the same steps were done in the same order. Environment variables make it
 * misbehave; {@code FAKE_RANK} names the process of a group that does, the first one by default; {@code FAKE_AT} names the step of the misdeed {@code FAKE_MISDEED}, which an attempt that resumes does not
 * repeat; {@code FAKE_MISDEED_OF_1} is that of rank 1 whatever the others do. {@code FAKE_FILE} names a file of more such lines.
 */
public final class FakeEngine {

    /** What the program may do wrong. */
    public enum Misdeed {
        NONE,
        /** Refuses its input. */
        BAD_INPUT,
        FAIL,
        /** Asks an endpoint for a score, and fails unless it is 0.5. */
        ASK,
        /** Ends with a code that means nothing. */
        EXIT_1,
        /** Is ended by signal 9, as the kernel does when memory runs out. */
        KILLED,
        ABORTED,
        /** Fills the Java heap. */
        HEAP,
        /** Makes no step any more and reads no commands. */
        HANG,
        /** Takes four seconds for a step, and says every fifth of a second that it gets on; then goes on as before. */
        LONG_STEP,
        /** Writes lines that are no progress, then goes on. */
        GARBAGE,
        /** Does not end when it is told to stop. */
        IGNORE_STOP,
        /** Never starts its first step. */
        SLOW_START,
        /**
         * Hangs, and seems to live on after a kill until its folder has a file {@link #RELEASE}: a child holds its
         * output open.
         */
        UNKILLABLE
    }

    /** Name of the file that ends a process that is {@link Misdeed#UNKILLABLE}. */
    public static final String RELEASE = "release";

    private static final String STATE_FILE = "state";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final PrintStream progress =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();
    private final BlockingQueue<GradingReply> replies = new LinkedBlockingQueue<>();
    private final Misdeed misdeed;
    private final int misdeedStep;
    private final long stepMillis;
    private final long saveMillis;
    private final TrainTask task;
    private final int rank;

    private FakeEngine(TrainTask task, Map<String, String> environment) {
        this.task = task;
        this.rank = task.group() == null ? 0 : task.group().rank();
        boolean misbehaves = Integer.parseInt(environment.getOrDefault("FAKE_RANK", "0")) == rank;
        String common = misbehaves ? environment.getOrDefault("FAKE_MISDEED", "NONE") : "NONE";
        this.misdeed = task.resumeFrom() == null
                ? Misdeed.valueOf(environment.getOrDefault("FAKE_MISDEED_OF_" + rank, common))
                : Misdeed.NONE;
        this.misdeedStep = Integer.parseInt(environment.getOrDefault("FAKE_AT", "1"));
        this.saveMillis = Long.parseLong(environment.getOrDefault("FAKE_SAVE_MILLIS", "0"));
        this.stepMillis = Long.parseLong(environment.getOrDefault("FAKE_STEP_MILLIS", "5"));
    }

    /** Environment of a process that misbehaves at a step. */
    public static Map<String, String> misbehaving(Misdeed misdeed, int step) {
        return Map.of("FAKE_MISDEED", misdeed.name(), "FAKE_AT", Integer.toString(step));
    }

    /** The state that a checkpoint folder holds, or null if it holds none. */
    public static @Nullable String stateIn(Path checkpoint) {
        Path file = checkpoint.resolve(STATE_FILE);
        try {
            return Files.exists(file) ? Files.readString(file) : null;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** State of an undisturbed run after {@code steps} steps. */
    public static String stateAfter(long seed, int steps) {
        long state = seed;
        for (int step = 1; step <= steps; step++) {
            state = next(state, step);
        }
        return steps + " " + state;
    }

    public static void main(String[] arguments) throws Exception {
        TrainTask task = (TrainTask) JSON.readValue(Files.readString(Path.of(arguments[0])), Task.class);
        FakeEngine engine = new FakeEngine(task, environment());
        engine.readCommands();
        Runtime.getRuntime().halt(engine.train().code());
    }

    private static Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        Path file = Path.of(environment.getOrDefault("FAKE_FILE", "/nowhere"));
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                environment.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        return environment;
    }

    private ExitCode train() throws Exception {
        long state = task.settings().seed();
        int step = 0;
        if (task.resumeFrom() != null) {
            String[] saved =
                    Files.readString(Path.of(task.resumeFrom(), STATE_FILE)).split(" ", 2);
            step = Integer.parseInt(saved[0]);
            state = Long.parseLong(saved[1]);
        }
        if (misdeed == Misdeed.SLOW_START) {
            Thread.sleep(Long.MAX_VALUE);
        }
        if (misdeed == Misdeed.UNKILLABLE) {
            outlive();
        }
        TrainTask.Group group = task.group();
        if (group != null) {
            Files.writeString(
                    Files.createDirectories(Path.of(task.attemptDirectory())).resolve("rank-" + rank),
                    group.name() + " " + group.store() + " "
                            + ProcessHandle.current().pid());
        }
        int total = task.settings().totalSteps();
        write(new Progress.Started(step, total, 1000, "fp32"));
        while (step < total) {
            step++;
            state = next(state, step);
            Command command = commands.poll(stepMillis, TimeUnit.MILLISECONDS);
            write(stepDone(step, total));
            if (step == misdeedStep) {
                ExitCode ended = misbehave(step);
                if (ended != null) {
                    return ended;
                }
            }
            boolean stop = command == Command.STOP && misdeed != Misdeed.IGNORE_STOP;
            if (stop
                    || command == Command.SAVE
                    || step % task.settings().checkpointIntervalSteps() == 0
                    || step == total) {
                save(step, total, state);
            }
            if (stop && step < total) {
                return ExitCode.GIVEN_BACK;
            }
        }
        return ExitCode.DONE;
    }

    private @Nullable ExitCode misbehave(int step) throws Exception {
        switch (misdeed) {
            case NONE, IGNORE_STOP, SLOW_START -> {}
            case BAD_INPUT -> {
                write(new Progress.Failed("non_finite_loss", "the loss of step " + step + " is NaN", step));
                return ExitCode.BAD_INPUT;
            }
            case FAIL -> {
                write(new Progress.Failed("engine_failure", "the disk is full", step));
                return ExitCode.FAILURE;
            }
            case ASK -> {
                return ask();
            }
            case EXIT_1 -> {
                System.err.println("last words");
                Runtime.getRuntime().halt(1);
            }
            case KILLED -> signal("KILL");
            case ABORTED -> signal("ABRT");
            case HEAP -> System.out.println(new long[Integer.MAX_VALUE - 8].length);
            case HANG, UNKILLABLE -> Thread.sleep(Long.MAX_VALUE);
            case LONG_STEP -> takeLong();
            case GARBAGE -> writeGarbage();
        }
        return null;
    }

    private @Nullable ExitCode ask() throws InterruptedException {
        GradingQuestion.Completion completion = new GradingQuestion.Completion(Map.of(), "a", List.of());
        write(new Progress.Asked(
                7, new GradingQuestion.OfEndpoint("http://example.com", Map.of(), null, List.of(completion))));
        GradingReply reply = replies.take();
        return reply.equals(new GradingReply(7, List.of(new GradingReply.Answer(null, 0.5, 0, null))))
                ? null
                : ExitCode.FAILURE;
    }

    private void outlive() throws IOException {
        Path release = Files.createDirectories(Path.of(task.attemptDirectory())).resolve(RELEASE);
        // Not for ever, should the test end before it.
        new ProcessBuilder(
                        "sh",
                        "-c",
                        "i=0; while [ ! -e '" + release + "' ] && [ $i -lt 1200 ]; do sleep 0.1; i=$((i+1)); done")
                .inheritIO()
                .start();
    }

    private void takeLong() throws InterruptedException {
        for (int layer = 0; layer < 20; layer++) {
            Thread.sleep(200);
            write(new Progress.Working());
        }
    }

    private void writeGarbage() {
        progress.println("not json");
        progress.println("{\"event\":\"from_the_future\",\"x\":1}");
        progress.println("[1,2");
        progress.println("x".repeat(9 << 20));
        progress.println();
    }

    private static void signal(String name) throws Exception {
        long pid = ProcessHandle.current().pid();
        new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
        Thread.sleep(Long.MAX_VALUE);
    }

    private void save(int step, int total, long state) throws IOException, InterruptedException {
        for (long left = saveMillis; left > 0; left -= 200) {
            Thread.sleep(Math.min(200, left));
            write(new Progress.Working());
        }
        if (rank > 0) {
            return;
        }
        Path folder = Files.createDirectories(Path.of(task.attemptDirectory(), "checkpoint-" + step));
        Path file = Files.writeString(folder.resolve(STATE_FILE), step + " " + state);
        Files.writeString(
                folder.resolve("state.json"), "{\"sha256\": {\"%s\": \"%s\"}}".formatted(STATE_FILE, Sha256.of(file)));
        write(new Progress.CheckpointSaved(step, beta(step, total), folder.toString(), 10));
        if (saveMillis > 0) {
            write(new Progress.Interlude(Progress.Interlude.Cause.CHECKPOINT, saveMillis / 1e3));
        }
    }

    private Progress.Step stepDone(int step, int total) {
        return ReportedSteps.step(step, total, 1.0 / step, beta(step - 1, total));
    }

    private static double beta(int step, int total) {
        return Math.max(0, 1 - step / (0.8 * total));
    }

    private static long next(long state, int step) {
        return state * 6364136223846793005L + 1442695040888963407L + step;
    }

    private void write(Progress event) {
        progress.println(JSON.writerFor(Progress.class).writeValueAsString(event));
    }

    private void readCommands() {
        Thread reader = new Thread(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("{")) {
                        replies.add(JSON.readValue(line, GradingReply.class));
                    } else {
                        commands.add(Command.ofLine(line));
                    }
                }
            } catch (IOException e) {
                System.err.println(e);
            }
            commands.add(Command.STOP);
        });
        reader.setDaemon(true);
        reader.start();
    }
}
