package dev.anneal.engine.export;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.GoldenRun;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.Logits;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingMethod;
import dev.anneal.protocol.TrainingRecord;
import dev.anneal.protocol.TrainingSettings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Adapters of the reference's runs on llama-tied, ready to be exported. */
record ExportFixture(ExportedBase base, Trained adapter) {

    static final String INPUTS = "models/llama-tied/expected.safetensors";
    static final List<int[]> PROBES = List.of(new int[] {1, 5, 9, 200, 31}, new int[] {7, 8, 8, 300}, new int[40]);

    static final TrainingRecord TRAINING = new TrainingRecord(
            "ftjob-1",
            "ft:llama-tied:default:tickets:1",
            new TrainingRecord.DataFile("file-1", "d1".repeat(32)),
            null,
            null,
            List.of(
                    new TrainingRecord.Point(1, 3.0, null, 1),
                    new TrainingRecord.Point(6, null, null, 0.5),
                    new TrainingRecord.Point(12, 1.0, 1.5, 0),
                    new TrainingRecord.Point(18, 0.25, null, 0)));

    static final TrainingSettings SETTINGS = new TrainingSettings(
            new TrainingMethod.Supervised(),
            1,
            4,
            24,
            256,
            false,
            "auto",
            new TrainingSettings.Optimizer(2e-4, "linear", 0, 0.01, 1, 1),
            12,
            12,
            7,
            TrainingSettings.SAME_DEVICES,
            TrainingSettings.AUTO,
            TrainingSettings.WHOLE);

    private static final Path BASE = GoldenTensors.path("models/llama-tied");

    /** The final adapter of a run, annealed. */
    static ExportFixture of(String run) {
        GoldenRun golden = GoldenRun.of(run);
        return of(golden.config(), golden.path("final"), 0);
    }

    static ExportFixture of(AdapterConfig config, Path file, double beta) {
        Trained adapter = trained(file, config, beta);
        return new ExportFixture(new ExportedBase("llama-tied", null, BASE, "abc"), adapter);
    }

    /**
     * An adapter of random numbers for a model of the reference.
     *
     * @param folder where its file is written
     */
    static ExportFixture withRandomAdapter(String model, Path folder) throws IOException {
        Path file = folder.resolve("random.safetensors");
        return withRandomAdapter(new ExportedBase(model, null, GoldenTensors.path("models/" + model), "abc"), 5, file);
    }

    /** @param file to which the adapter is written */
    static ExportFixture withRandomAdapter(ExportedBase model, long seed, Path file) throws IOException {
        ModelConfig sizes = ModelConfig.read(model.directory().resolve("config.json"));
        AdapterConfig config = GoldenRun.of("silu").config();
        Random random = new Random(seed);
        List<TensorData> tensors = new ArrayList<>();
        for (int layer = 0; layer < sizes.layers(); layer++) {
            for (Projection target : sizes.projections().all()) {
                String prefix = "base_model.model." + target.modulePath(layer);
                long rank = config.rank();
                tensors.add(random(random, prefix + ".lora_A.weight", rank, target.inputSize(sizes)));
                tensors.add(random(random, prefix + ".lora_B.weight", target.outputSize(sizes), rank));
            }
        }
        SafetensorsWriter.write(file, tensors);
        return new ExportFixture(model, trained(file, config, 0));
    }

    private static TensorData random(Random random, String name, long rows, long columns) {
        float[] values = new float[Math.toIntExact(rows * columns)];
        for (int i = 0; i < values.length; i++) {
            values[i] = 0.1f * (float) random.nextGaussian();
        }
        return TensorsInMemory.ofFloats(name, List.of(rows, columns), values);
    }

    /** A copy of llama-tied that a test may change. */
    static Path copyOfBase(Path folder) throws IOException {
        Files.createDirectory(folder);
        try (Stream<Path> files = Files.list(BASE)) {
            for (Path file : files.toList()) {
                Files.copy(file, folder.resolve(file.getFileName()));
            }
        }
        return folder;
    }

    /** Puts a number in the place of the first one of an F32 tensor. */
    static void overwrite(Path base, String tensor, float value) throws IOException {
        Path file;
        long begin;
        try (WeightDirectory weights = WeightDirectory.open(base)) {
            file = weights.fileOf(tensor).path();
            begin = weights.entry(tensor).begin();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(
                    ByteBuffer.allocate(Float.BYTES).putInt(0, Integer.reverseBytes(Float.floatToIntBits(value))),
                    begin);
        }
    }

    ExportFixture on(Path directory) {
        return new ExportFixture(new ExportedBase(base.id(), null, directory, base.fingerprint()), adapter);
    }

    AdapterConfig config() {
        return Objects.requireNonNull(adapter.adapterConfig());
    }

    static Trained trained(Path file, AdapterConfig config, double beta) {
        return new Trained(file, config, beta, 12, 24, SETTINGS, "abc", null, "def");
    }

    /** The same adapter, trained as a draft. */
    ExportFixture drafting(TrainingMethod.SpeculativeDraft draft) {
        Trained trained = new Trained(
                adapter.weights(), config(), adapter.beta(), 12, 24, SETTINGS.with(draft), "abc", "ver", "def");
        return new ExportFixture(base, trained);
    }

    ExportFixture trainedOn(String fingerprint) {
        return new ExportFixture(new ExportedBase(base.id(), null, base.directory(), fingerprint), adapter);
    }

    FinishedExport export(String kind, String dtype, Path output) throws IOException {
        return export(request(kind, dtype, TRAINING), output);
    }

    FinishedExport export(ExportInputs request, Path output) throws IOException {
        return new Exporter(base, adapter, null).export(request, output);
    }

    static ExportInputs request(String kind, String dtype, TrainingRecord training) {
        return request(kind, dtype, training, 5_000_000_000L, () -> {}, event -> {});
    }

    /** As {@link #request(String, String, TrainingRecord)}, in shards, and with somebody who listens. */
    static ExportInputs request(
            String kind,
            String dtype,
            TrainingRecord training,
            long shardBytes,
            Runnable betweenTensors,
            Consumer<Progress> progress) {
        return new ExportInputs(
                "ftexp-1",
                kind,
                dtype,
                kind.equals("draft") ? DraftFormat.HUGGINGFACE : null,
                training,
                PROBES,
                TestDevice.NAME,
                shardBytes,
                betweenTensors,
                progress);
    }

    /** Largest difference between the logits of a folder's model and those of a run's evaluation. */
    static double differenceFrom(Path folder, String run, String tensor) throws IOException {
        TokenRows rows = TokenRows.of(GoldenTensors.ragged(
                GoldenTensors.ints(INPUTS, "input_ids"), GoldenTensors.ints(INPUTS, "attention_mask"), 24));
        float[] expected =
                GoldenTensors.unpadded(GoldenTensors.floats(GoldenRun.of(run).file("eval"), tensor), rows, 24, 320);
        try (DecoderModel model = DecoderModel.load(folder, ElementType.FLOAT32, TestDevice.NAME)) {
            float[] logits = Logits.of(model, rows, model.noAdapter());
            return GoldenTensors.largestDifference(logits, expected);
        }
    }

    /** A copy of a run's adapter in which all values of the tensors whose names end in {@code suffix} are replaced. */
    static Path changed(Path folder, String run, String suffix, float value) throws IOException {
        Map<String, float[]> tensors = GoldenTensors.all(GoldenRun.of(run).file("final"));
        List<TensorData> written = new ArrayList<>();
        tensors.forEach((name, values) -> {
            long rank = 4;
            long other = values.length / rank;
            if (name.endsWith(suffix)) {
                Arrays.fill(values, value);
            }
            List<Long> shape = name.contains("lora_A") ? List.of(rank, other) : List.of(other, rank);
            written.add(TensorsInMemory.ofFloats(name, shape, values));
        });
        Path file = folder.resolve("adapter.safetensors");
        SafetensorsWriter.write(file, written);
        return file;
    }
}
