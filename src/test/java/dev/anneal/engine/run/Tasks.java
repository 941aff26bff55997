package dev.anneal.engine.run;

import dev.anneal.engine.TestDevice;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.ExportTask;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.protocol.TrainingSettings;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Tasks on the bundled model and the ticket dataset. */
final class Tasks {

    static final int STEPS = 10;

    /** What {@link #gradedByEndpoint} sends along. */
    static final String SECRET = "Bearer of-nobody-else";

    static final Task.BaseModel MODEL = new Task.BaseModel("anneal-tiny", null, resource("models/anneal-tiny"));

    private static final Task.Machine MACHINE = onThreads(2);
    private static final Instant CREATED = Instant.parse("2026-03-05T07:08:09Z");
    private static final double LEARNING_RATE = 4e-3;

    private static final long ONE_SHARD = 5_000_000_000L;

    private Tasks() {}

    /** Ten steps of 16 rows, a checkpoint after every second one. */
    static TrainTask train(Path attempt, @Nullable Path resumeFrom) {
        return train(attempt, resumeFrom, LEARNING_RATE);
    }

    static TrainTask train(Path attempt, @Nullable Path resumeFrom, double learningRate) {
        return train(MODEL, attempt, resumeFrom, learningRate, MACHINE);
    }

    static TrainTask train(Task.BaseModel model, Path attempt, double learningRate) {
        return train(model, attempt, null, learningRate, MACHINE);
    }

    static Task.Machine onThreads(int threads) {
        return new Task.Machine(TestDevice.NAME, threads, "fp32");
    }

    static TrainTask train(Path attempt, @Nullable Path resumeFrom, Task.Machine machine) {
        return train(MODEL, attempt, resumeFrom, LEARNING_RATE, machine);
    }

    private static TrainTask train(
            Task.BaseModel model, Path attempt, @Nullable Path resumeFrom, double learningRate, Task.Machine machine) {
        return new TrainTask(
                model,
                machine,
                CREATED,
                resource("demo/tickets.train.jsonl"),
                null,
                new AdapterSettings(
                        8,
                        16,
                        0.05,
                        List.of("all-linear"),
                        false,
                        "silu",
                        new AdapterSettings.Schedule("linear", 0, 0.8)),
                new TrainingSettings(
                        new TrainingMethod.Supervised(),
                        1,
                        16,
                        STEPS,
                        256,
                        false,
                        "auto",
                        new TrainingSettings.Optimizer(learningRate, "linear", 0, 0.01, 1, 1),
                        2,
                        0,
                        1,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE),
                attempt.toString(),
                null,
                null,
                null,
                resumeFrom == null ? null : resumeFrom.toString(),
                null,
                0,
                null);
    }

    /** The same training on a base in 4 bits. */
    static TrainTask inNf4(TrainTask task) {
        return keeping(task, TrainingSettings.NF4, TrainingSettings.WHOLE, null);
    }

    /** The same training by a group whose processes share out the base. */
    static TrainTask sharded(TrainTask task, TrainTask.Group group) {
        return keeping(task, TrainingSettings.AUTO, TrainingSettings.SHARDED, group);
    }

    private static TrainTask keeping(
            TrainTask task, String basePrecision, String basePlacement, TrainTask.@Nullable Group group) {
        TrainingSettings settings = task.settings();
        return new TrainTask(
                task.model(),
                task.machine(),
                task.templateTime(),
                task.trainingFile(),
                task.validationFile(),
                task.adapter(),
                new TrainingSettings(
                        settings.method(),
                        settings.epochs(),
                        settings.batchRows(),
                        settings.totalSteps(),
                        settings.maxLengthTokens(),
                        settings.packing(),
                        settings.activationCheckpointing(),
                        settings.optimizer(),
                        settings.checkpointIntervalSteps(),
                        settings.evaluationIntervalSteps(),
                        settings.seed(),
                        settings.reproducible(),
                        basePrecision,
                        basePlacement),
                task.attemptDirectory(),
                task.initialAdapter(),
                task.target(),
                task.draft(),
                task.resumeFrom(),
                task.targetAnswers(),
                task.validatedStep(),
                group);
    }

    /** Ten steps of two prompts with two completions each, whose rewards come from an endpoint. */
    static TrainTask gradedByEndpoint(Path prompts, Path attempt, @Nullable Path resumeFrom) {
        TrainTask supervised = train(attempt, resumeFrom);
        TrainingSettings settings = supervised.settings();
        return new TrainTask(
                supervised.model(),
                supervised.machine(),
                supervised.templateTime(),
                prompts.toString(),
                null,
                supervised.adapter(),
                new TrainingSettings(
                        new TrainingMethod.Reinforcement(
                                Map.of(
                                        "type", "endpoint",
                                        "name", "there",
                                        "url", "https://grader.example/",
                                        "headers", Map.of("Authorization", SECRET)),
                                new TrainingMethod.Rollouts(2, 8, 1, 0, 1, 0, 1, 100),
                                null,
                                new TrainingMethod.Policy("dapo", 0.2, 0.2, 0, "group", false),
                                1),
                        settings.epochs(),
                        2,
                        STEPS,
                        settings.maxLengthTokens(),
                        false,
                        settings.activationCheckpointing(),
                        settings.optimizer(),
                        settings.checkpointIntervalSteps(),
                        0,
                        1,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE),
                supervised.attemptDirectory(),
                null,
                null,
                null,
                supervised.resumeFrom(),
                null,
                0,
                null);
    }

    /** Twelve steps on rewards of right sums, two on each rollout, a checkpoint after every one. */
    static TrainTask reinforce(Path attempt, @Nullable Path resumeFrom, Task.Machine machine) {
        TrainTask task = train(attempt, resumeFrom, machine);
        Map<String, Object> grader = Map.of(
                "type", "string_check",
                "name", "sum",
                "input", "{{sample.output_text}}",
                "reference", "{{item.answer}}",
                "operation", "eq");
        return new TrainTask(
                task.model(),
                task.machine(),
                task.templateTime(),
                resource("demo/addition.train.jsonl"),
                null,
                task.adapter(),
                new TrainingSettings(
                        new TrainingMethod.Reinforcement(
                                new TreeMap<>(grader),
                                new TrainingMethod.Rollouts(4, 8, 1, 0, 1, 0, 2, 1),
                                null,
                                new TrainingMethod.Policy("dapo", 0.2, 0.2, 0, "group", false),
                                1),
                        1,
                        4,
                        12,
                        256,
                        false,
                        "auto",
                        task.settings().optimizer(),
                        1,
                        0,
                        1,
                        TrainingSettings.SAME_DEVICES,
                        TrainingSettings.AUTO,
                        TrainingSettings.WHOLE),
                task.attemptDirectory(),
                null,
                null,
                null,
                task.resumeFrom(),
                null,
                0,
                null);
    }

    static ExportTask export(String kind, String dtype, Path checkpoint, Path output) {
        return export(MODEL, kind, dtype, checkpoint, output);
    }

    static ExportTask export(Task.BaseModel model, String kind, String dtype, Path checkpoint, Path output) {
        return new ExportTask(
                model,
                MACHINE,
                CREATED,
                "ftexp-1",
                kind,
                dtype,
                null,
                new TrainingRecord(
                        "ftjob-1",
                        "ft:model:default::1",
                        new TrainingRecord.DataFile("file-1", null),
                        null,
                        null,
                        List.of()),
                checkpoint.toString(),
                null,
                null,
                resource("demo/tickets.valid.jsonl"),
                ONE_SHARD,
                output.toString());
    }

    /** The same export in shards of half a megabyte, some ten of the bundled model. */
    static ExportTask sharded(ExportTask task) {
        return new ExportTask(
                task.model(),
                task.machine(),
                task.templateTime(),
                task.exportId(),
                task.kind(),
                task.dtype(),
                task.format(),
                task.training(),
                task.checkpointDirectory(),
                task.targetCheckpoint(),
                task.adapterArchive(),
                task.probeFile(),
                500_000,
                task.outputDirectory());
    }

    static EvaluateTask evaluate(Task.BaseModel model, @Nullable Path checkpoint, Path rows) {
        return new EvaluateTask(
                model,
                MACHINE,
                CREATED,
                checkpoint == null ? null : checkpoint.toString(),
                rows.toString(),
                48,
                2,
                null);
    }

    private static String resource(String name) {
        return Path.of("src/main/resources").resolve(name).toAbsolutePath().toString();
    }
}
