package dev.anneal.engine.run;

import dev.anneal.engine.TestDevice;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingSettings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.ToDoubleFunction;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's side of {@code bench/grpo.py} and {@code bench/signs.py}: a reinforcement job's whole task, whose rewards are the words that a
 * completion shares with the answer, and one JSON line of what it reported. The first two steps are warm-up.
 *
 * <p>Arguments: model directory, file of prompts with their answers, steps, and of a step the prompts, completions of a
 * prompt and tokens of a completion at most; learning rate; groups of signs of the adapter, 1 without.
 */
final class GrpoBenchmark {

    private static final int WARM_UP = 2;

    private static final Map<String, Object> WORDS = Map.of(
            "type", "text_similarity",
            "name", "words",
            "input", "{{sample.output_text}}",
            "reference", "{{item.answer}}",
            "evaluation_metric", "rouge_1");

    private GrpoBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        ProgressWriter progress = new ProgressWriter(new PrintStream(lines, false, StandardCharsets.UTF_8));
        new TrainingTask(task(arguments), new Channel(progress, new Signals(), new LinkedBlockingQueue<>())).run();
        List<Progress> reported = lines.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> JsonMapper.shared().readValue(line, Progress.class))
                .toList();
        int completions = Integer.parseInt(arguments[3]) * Integer.parseInt(arguments[4]);
        System.out.println(JsonMapper.shared().writeValueAsString(report(reported, completions)));
    }

    private static AdapterSettings adapter(int signGroups) {
        AdapterSettings.Schedule schedule = new AdapterSettings.Schedule("linear", 0, 0.8);
        return new AdapterSettings(16, 32, 0, List.of("all-linear"), false, "silu", schedule, signGroups);
    }

    private static TrainTask task(String[] arguments) throws IOException {
        int steps = Integer.parseInt(arguments[2]);
        return new TrainTask(
                new Task.BaseModel(
                        "model", null, Path.of(arguments[0]).toAbsolutePath().toString()),
                new Task.Machine(TestDevice.NAME, 0, "auto"),
                Instant.now(),
                Path.of(arguments[1]).toAbsolutePath().toString(),
                null,
                adapter(arguments.length == 7 ? 1 : Integer.parseInt(arguments[7])),
                new TrainingSettings(
                        new TrainingMethod.Reinforcement(
                                Map.copyOf(WORDS),
                                new TrainingMethod.Rollouts(
                                        Integer.parseInt(arguments[4]),
                                        Integer.parseInt(arguments[5]),
                                        1,
                                        0,
                                        1,
                                        0,
                                        1,
                                        10),
                                null,
                                new TrainingMethod.Policy("dapo", 0.2, 0.2, 0, "group", false),
                                1),
                        1,
                        Integer.parseInt(arguments[3]),
                        steps,
                        1 << 20,
                        false,
                        "auto",
                        new TrainingSettings.Optimizer(Double.parseDouble(arguments[6]), "linear", 0, 0, 1, 1),
                        steps,
                        0,
                        0,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE),
                Files.createTempDirectory("bench").toString(),
                null,
                null,
                null,
                null,
                null,
                0,
                null);
    }

    private static Map<String, Object> report(List<Progress> reported, int completions) throws IOException {
        List<Progress.Step> steps = reported.stream()
                .filter(Progress.Step.class::isInstance)
                .map(Progress.Step.class::cast)
                .toList();
        List<Progress.Step> counted = steps.subList(WARM_UP, steps.size());
        double seconds = mean(counted, Progress.Step::seconds);
        double rollout = mean(counted, step -> metric(step, "seconds/rollout"));
        double length = mean(counted, step -> metric(step, "completions/mean_length"));
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("steps_per_hour", 3600 / seconds);
        result.put("rollout_seconds", rollout);
        result.put("update_seconds", mean(counted, step -> metric(step, "seconds/update")));
        result.put("completion_tokens", length);
        result.put("sampled_tokens_per_second", length * completions / rollout);
        result.put("even_groups", mean(counted, step -> metric(step, "frac_reward_zero_std")));
        result.put("peak_mib", StepBenchmark.peakMebibytes());
        result.put("first_reward", metric(steps.get(0), "reward"));
        result.put("mean_reward", mean(steps, step -> metric(step, "reward")));
        result.put("precision", precision(reported));
        return result;
    }

    private static double mean(List<Progress.Step> steps, ToDoubleFunction<Progress.Step> value) {
        return steps.stream().mapToDouble(value).average().orElseThrow();
    }

    private static double metric(Progress.Step step, String name) {
        return Objects.requireNonNull(step.ofMethod().get(name));
    }

    private static String precision(List<Progress> reported) {
        return reported.stream()
                .filter(Progress.Started.class::isInstance)
                .map(line -> ((Progress.Started) line).precision())
                .findFirst()
                .orElseThrow();
    }
}
