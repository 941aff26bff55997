package dev.anneal.engine.export;

import dev.anneal.engine.export.head.HeadFormat;
import dev.anneal.engine.export.head.TargetConfig;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.weight.TrainedRows;
import dev.anneal.engine.export.weight.WeightRows;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorEntry;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.draft.EagleConfig;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.AcceptanceEvaluation;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Heads to write: the golden one, and others made from its tensors.
 *
 * @param folder for temporary files
 * @param target directory of the target's {@code config.json}
 * @param tensors of the head, by name
 */
record HeadFixture(Path folder, Path target, String kind, EagleHead shape, Map<String, TensorData> tensors) {

    static final Path GOLDEN = GoldenTensors.path("draft3/tau/eagle3");
    private static final Path TARGET = GoldenTensors.path("draft3/target");
    private static final List<Integer> STREAMS_OF_EAGLE = List.of(2, 4, 5);

    /** The golden head, of Speculators' default switches. */
    static HeadFixture golden(Path folder) throws IOException {
        return new HeadFixture(
                folder,
                TARGET,
                SpeculativeDraft.EAGLE3,
                new EagleHead(List.of(1, 2, 3), 61, 3, 1, true, true, false, true),
                tensorsOf(GOLDEN.resolve("model.safetensors")));
    }

    /** Its tensors as a head that EAGLE's format can express, of a target of eight layers. */
    static HeadFixture plain(Path folder) throws IOException {
        return golden(folder)
                .shaped(new EagleHead(STREAMS_OF_EAGLE, 61, 3, 1, false, false, false, false))
                .of(folder, config -> config.put("num_hidden_layers", 8))
                .without("input_norm.weight");
    }

    /** Its layer as that of EAGLE-1. */
    static HeadFixture eagle1(Path folder) throws IOException {
        HeadFixture plain = plain(folder);
        HeadFixture head = new HeadFixture(folder, plain.target, SpeculativeDraft.EAGLE1, plain.shape, plain.tensors)
                .without("fc.weight", "norm.weight", "lm_head.weight", "d2t", "t2d")
                .without("layers.0.input_layernorm.weight", "layers.0.hidden_norm.weight")
                .with("fc.weight", 32, 64);
        for (String projection : List.of("q", "k", "v")) {
            head = head.with("layers.0.self_attn." + projection + "_proj.weight", projection.equals("q") ? 32 : 16, 32);
        }
        return head;
    }

    HeadFixture shaped(EagleHead other) {
        return new HeadFixture(folder, target, kind, other, tensors);
    }

    /** For a target with another configuration. */
    HeadFixture of(Path directory, Consumer<ObjectNode> change) throws IOException {
        ObjectNode config = (ObjectNode) JsonMapper.shared().readTree(Files.readString(target.resolve("config.json")));
        change.accept(config);
        Path other = Files.createDirectories(directory.resolve("target-" + config.hashCode()));
        Files.writeString(other.resolve("config.json"), config.toString());
        return new HeadFixture(folder, other, kind, shape, tensors);
    }

    HeadFixture without(String... names) {
        Map<String, TensorData> fewer = new TreeMap<>(tensors);
        fewer.keySet().removeAll(Arrays.asList(names));
        return new HeadFixture(folder, target, kind, shape, fewer);
    }

    /** With a tensor of ones. */
    HeadFixture with(String name, long... shapeOfTensor) {
        long elements = Arrays.stream(shapeOfTensor).reduce(1, (a, b) -> a * b);
        float[] ones = new float[Math.toIntExact(elements)];
        Arrays.fill(ones, 1);
        return with(TensorsInMemory.ofFloats(
                name, Arrays.stream(shapeOfTensor).boxed().toList(), ones));
    }

    HeadFixture with(TensorData tensor) {
        Map<String, TensorData> more = new TreeMap<>(tensors);
        more.put(tensor.name(), tensor);
        return new HeadFixture(folder, target, kind, shape, more);
    }

    /** The shape that the configuration of a written folder describes. */
    EagleConfig shapeOf(Path written, DraftFormat format) throws IOException {
        try (WeightDirectory own = WeightDirectory.open(trained());
                WeightDirectory weights = WeightDirectory.open(TARGET)) {
            return HeadFormat.of(format, head(own, weights)).shape(written.resolve("config.json"));
        }
    }

    /** A folder of its tensors. */
    private Path trained() throws IOException {
        Path trained = Files.createTempDirectory(folder, "head");
        SafetensorsWriter.write(trained.resolve(WeightDirectory.SINGLE_FILE), tensors.values());
        return trained;
    }

    private TrainedHead head(WeightDirectory own, WeightDirectory weights) throws IOException {
        SpeculativeDraft draft =
                new SpeculativeDraft("tiny-target", kind, "kl_div", 3, new AcceptanceEvaluation(8, 20), null, shape, 0);
        return new TrainedHead(draft, TargetConfig.read(target.resolve("config.json")), own, weights);
    }

    /** Writes its folder. */
    Path write(DraftFormat format, String dtype) throws IOException {
        Path output = Files.createTempDirectory(folder, "export");
        try (WeightDirectory own = WeightDirectory.open(trained());
                WeightDirectory weights = WeightDirectory.open(TARGET)) {
            WeightRows rows = new TrainedRows(own, own, () -> {});
            HeadFolder.write(output, head(own, weights), rows, format, dtype, () -> {});
        }
        return output;
    }

    /** All tensors of a file. */
    static Map<String, TensorData> tensorsOf(Path safetensors) throws IOException {
        Map<String, TensorData> all = new TreeMap<>();
        try (SafetensorsFile file = SafetensorsFile.open(safetensors)) {
            for (TensorEntry entry : new ArrayList<>(file.tensors().values())) {
                all.put(
                        entry.name(),
                        TensorData.of(entry.name(), entry.dtype(), entry.shape(), file.bytes(entry.name())));
            }
        }
        return all;
    }
}
