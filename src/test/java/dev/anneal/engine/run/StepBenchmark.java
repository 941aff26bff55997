package dev.anneal.engine.run;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.train.Trainer;
import dev.anneal.engine.train.state.Ranks;
import dev.anneal.engine.train.state.TrainingData;
import dev.anneal.engine.train.state.TrainingJob;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Figure;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's side of {@code bench/speed.py}, {@code bench/growth.py} and {@code bench/ranks.py}: trains rows of token ids and prints one JSON
 * line. The first two steps are warm-up.
 *
 * <p>Arguments: model directory, file of rows, rows of a step, steps, precision as a worker's setting names it, rank
 * (0: all weights are trained, without an adapter) or rank x groups of signs, activation checkpointing as a job names it, threads (0: one a
 * core), {@code supervised} or {@code dpo}, whose rows are chosen and rejected answers in turn and whose batches are
 * pairs. For one rank of a group also its number, the number of ranks, and the store in which they meet.
 */
final class StepBenchmark {

    private static final int WARM_UP = 2;

    private final Path directory;
    private final List<EncodedRow> rows;
    private final int batch;
    private final int steps;
    private final int rank;
    private final int signGroups;
    private final String checkpointing;
    private final Task.Machine machine;
    private final List<Progress.Step> done = new ArrayList<>();
    private final TrainingMethod method;
    private final TrainTask.@Nullable Group group;

    private StepBenchmark(String[] arguments) throws IOException {
        this.directory = Path.of(arguments[0]);
        this.batch = Integer.parseInt(arguments[2]);
        this.steps = Integer.parseInt(arguments[3]);
        String[] shape = arguments[5].split("x", 2);
        this.rank = Integer.parseInt(shape[0]);
        this.signGroups = shape.length == 1 ? 1 : Integer.parseInt(shape[1]);
        this.checkpointing = arguments[6];
        this.machine = new Task.Machine(TestDevice.NAME, Integer.parseInt(arguments[7]), arguments[4]);
        this.method = arguments[8].equals("dpo")
                ? new TrainingMethod.Dpo(0.1, "sigmoid", 0)
                : new TrainingMethod.Supervised();
        this.group = arguments.length == 9 ? null : group(arguments);
        this.rows = Files.readAllLines(Path.of(arguments[1])).stream()
                .limit((long) rowsOfUnit() * batch * steps)
                .map(StepBenchmark::row)
                .toList();
    }

    public static void main(String[] arguments) throws IOException {
        new StepBenchmark(arguments).run();
    }

    private static TrainTask.Group group(String[] arguments) {
        return new TrainTask.Group(
                "bench", arguments[11], "127.0.0.1", Integer.parseInt(arguments[9]), Integer.parseInt(arguments[10]));
    }

    private int rowsOfUnit() {
        return method instanceof TrainingMethod.Dpo ? 2 : 1;
    }

    private static EncodedRow row(String line) {
        Row row = JsonMapper.shared().readValue(line, Row.class);
        return new EncodedRow(1, array(row.ids()), array(row.labels()), false);
    }

    private static int[] array(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }

    private void run() throws IOException {
        ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
        Path attempt = Files.createTempDirectory("bench");
        try (LoadedGroup ranks = LoadedGroup.of(group);
                DecoderModel model =
                        DecoderModel.load(directory, Hardware.precision(machine, config), TestDevice.NAME)) {
            TrainTask task = new TrainTask(
                    new Task.BaseModel("benchmark", null, directory.toString()),
                    machine,
                    Instant.EPOCH,
                    "",
                    null,
                    adapter(),
                    settings(),
                    attempt.toString(),
                    null,
                    null,
                    null,
                    null,
                    null,
                    0,
                    null);
            TrainingJob job = new TrainingJob(
                    task,
                    model,
                    "",
                    null,
                    null,
                    new TrainingData.Rows(rows, List.of(), rowsOfUnit(), Set.of()),
                    () -> Long.MAX_VALUE,
                    null,
                    Ranks.of(ranks.group(), false));
            new Trainer(job, this::take, new Signals()).run();
        }
        report();
    }

    private void take(Progress progress) {
        if (progress instanceof Progress.Step step) {
            done.add(step);
        }
    }

    private void report() throws IOException {
        double seconds = 0;
        for (Progress.Step step : done.subList(WARM_UP, done.size())) {
            seconds += step.seconds();
        }
        double tokens = tokens(done.get(done.size() - 1)) - tokens(done.get(WARM_UP - 1));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("tokens_per_second", tokens / seconds);
        result.put("peak_mib", peakMebibytes());
        result.put("first_loss", Objects.requireNonNull(done.get(0).get(Figure.TRAIN_LOSS)));
        result.put("last_loss", Objects.requireNonNull(done.get(done.size() - 1).get(Figure.TRAIN_LOSS)));
        System.out.println(JsonMapper.shared().writeValueAsString(result));
    }

    private static double tokens(Progress.Step step) {
        return Objects.requireNonNull(step.get(Figure.TOKENS));
    }

    /** Largest resident size of this process so far, JVM included, as Linux counts it. */
    static double peakMebibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmHWM:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                / 1024.0;
    }

    private @Nullable AdapterSettings adapter() {
        return rank == 0
                ? null
                : new AdapterSettings(
                        rank,
                        2.0 * rank,
                        0,
                        List.of("all-linear"),
                        false,
                        "silu",
                        new AdapterSettings.Schedule("linear", 0, 0.8),
                        signGroups);
    }

    private TrainingSettings settings() {
        TrainingSettings.Optimizer optimizer = new TrainingSettings.Optimizer(2e-4, "linear", 0, 0, 1, 1);
        return new TrainingSettings(
                method,
                1,
                batch,
                steps,
                1 << 20,
                false,
                checkpointing,
                optimizer,
                steps,
                0,
                0,
                TrainingSettings.SAME_DEVICES,
                TrainingSettings.AUTO,
                TrainingSettings.WHOLE);
    }

    /**
     * A line of the file of rows.
     *
     * @param labels the ids that are trained, -100 elsewhere
     */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private record Row(List<Integer> ids, List<Integer> labels) {}
}
