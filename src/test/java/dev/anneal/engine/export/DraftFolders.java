package dev.anneal.engine.export;

import static dev.anneal.protocol.DraftFormat.EAGLE;
import static dev.anneal.protocol.DraftFormat.SPECULATORS;

import dev.anneal.engine.export.head.TargetConfig;
import dev.anneal.engine.export.head.TrainedHead;
import dev.anneal.engine.export.weight.TrainedRows;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.WeightDirectory;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.AcceptanceEvaluation;
import dev.anneal.protocol.TrainingMethod.EagleHead;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes folders of drafts for {@code src/test/drafts/check.sh}, which loads them with the software that they are for.
 */
public final class DraftFolders {

    private static final Path BUNDLED = Path.of("src/main/resources/models/anneal-tiny");
    private static final List<Integer> GOLDEN_STREAMS = List.of(1, 2, 3);

    /** Vocabulary sizes of the golden target and of reduced golden heads. */
    private static final int ALL = 97;

    private static final int SOME = 61;

    /** The golden heads of each choice of switches, of all tokens or some. */
    private static final Map<String, EagleHead> VARIANTS = Map.of(
            "residual-normed", head(ALL, true, false, false, false),
            "residual-raw", head(ALL, false, false, false, false),
            "norm-before-fc", head(SOME, true, true, false, false),
            "eagle31", head(SOME, false, false, true, true),
            "reduced", head(SOME, true, false, false, false),
            "defaults", head(SOME, true, true, false, true));

    private final Path output;

    private DraftFolders(Path output) {
        this.output = output;
    }

    private static EagleHead head(
            int tokens, boolean normBeforeResidual, boolean normBeforeFc, boolean fcNorm, boolean normOutput) {
        return new EagleHead(GOLDEN_STREAMS, tokens, 3, 1, normBeforeResidual, normBeforeFc, fcNorm, normOutput);
    }

    /**
     * {@code models OUTPUT}: a target and its draft of the kind {@code model}. {@code golden OUTPUT}: the golden heads.
     * {@code fitted OUTPUT TARGET EAGLE3 EAGLE1}: heads whose tensors are in two files.
     */
    public static void main(String... arguments) throws IOException {
        DraftFolders folders = new DraftFolders(Files.createDirectories(Path.of(arguments[1])));
        switch (arguments[0]) {
            case "models" -> folders.writeModels();
            case "golden" -> folders.writeGolden();
            default -> folders.writeFitted(Path.of(arguments[2]), Path.of(arguments[3]), Path.of(arguments[4]));
        }
    }

    /** Both are the bundled model with an adapter of its own, so that the draft guesses some tokens. */
    private void writeModels() throws IOException {
        ExportFixture target = adapted(1);
        target.export("merged", "float32", output.resolve("target"));
        target.export("gguf", "f32", output.resolve("target-gguf"));
        ExportFixture draft = adapted(2).drafting(draft(SpeculativeDraft.MODEL, null));
        draft.export("draft", "float32", output.resolve("draft"));
        draft.export("gguf", "f32", output.resolve("draft-gguf"));
    }

    private ExportFixture adapted(long seed) throws IOException {
        return ExportFixture.withRandomAdapter(
                new ExportedBase("anneal-tiny", null, BUNDLED, "abc"), seed, output.resolve("adapter-" + seed));
    }

    private void writeGolden() throws IOException {
        Map<String, TensorData> weights = golden("weights");
        weights.putAll(golden("vocabulary"));
        for (Map.Entry<String, EagleHead> variant : VARIANTS.entrySet()) {
            HeadFixture fixture = new HeadFixture(
                    output,
                    GoldenTensors.path("draft3/target"),
                    SpeculativeDraft.EAGLE3,
                    variant.getValue(),
                    tensorsOf(variant.getValue(), weights));
            Files.move(fixture.write(SPECULATORS, "float32"), output.resolve(variant.getKey()));
        }
    }

    private static Map<String, TensorData> golden(String file) throws IOException {
        return HeadFixture.tensorsOf(GoldenTensors.path("draft3/eagle3/" + file + ".safetensors"));
    }

    /** Those of all golden heads' tensors that one has. */
    private static Map<String, TensorData> tensorsOf(EagleHead head, Map<String, TensorData> all) {
        Map<String, TensorData> own = new TreeMap<>(all);
        own.keySet()
                .removeIf(name -> name.equals("counts")
                        || (name.startsWith("input_norm") && !head.normBeforeFc())
                        || (name.startsWith("fc_norm") && !head.fcNorm()));
        TensorData reduced = Objects.requireNonNull(own.remove("reduced.lm_head.weight"));
        if (head.vocabularySize() == SOME) {
            own.put("lm_head.weight", renamed(reduced, "lm_head.weight"));
        } else {
            own.keySet().removeAll(List.of("d2t", "t2d"));
        }
        return own;
    }

    private static TensorData renamed(TensorData tensor, String name) {
        return new TensorData(name, tensor.dtype(), tensor.shape(), tensor.content());
    }

    /** EAGLE-3 in both formats, and EAGLE-1. */
    private void writeFitted(Path target, Path eagle3, Path eagle1) throws IOException {
        int layers = TargetConfig.read(target.resolve("config.json")).sizes().layers();
        EagleHead shape =
                new EagleHead(List.of(2, layers / 2, layers - 3), vocabulary(eagle3), 3, 1, false, false, false, false);
        write(target, draft(SpeculativeDraft.EAGLE3, shape), eagle3, SPECULATORS, "speculators");
        write(target, draft(SpeculativeDraft.EAGLE3, shape), eagle3, EAGLE, "eagle3");
        write(target, draft(SpeculativeDraft.EAGLE1, null), eagle1, EAGLE, "eagle1");
    }

    private static int vocabulary(Path eagle3) throws IOException {
        try (SafetensorsFile tensors = SafetensorsFile.open(eagle3)) {
            return Math.toIntExact(tensors.entry("lm_head.weight").shape().get(0));
        }
    }

    private void write(Path target, SpeculativeDraft draft, Path file, DraftFormat format, String name)
            throws IOException {
        Path trained = Files.createTempDirectory("head");
        Files.copy(file, trained.resolve(WeightDirectory.SINGLE_FILE));
        try (WeightDirectory own = WeightDirectory.open(trained);
                WeightDirectory weights = WeightDirectory.open(target)) {
            Path folder = Files.createDirectories(output.resolve(name));
            TargetConfig config = TargetConfig.read(target.resolve("config.json"));
            TrainedHead head = new TrainedHead(draft, config, own, weights);
            HeadFolder.write(folder, head, new TrainedRows(own, own, () -> {}), format, "float32", () -> {});
        }
    }

    private static SpeculativeDraft draft(String kind, @Nullable EagleHead head) {
        return new SpeculativeDraft("target", kind, "kl_div", 3, new AcceptanceEvaluation(8, 20), null, head, 0);
    }
}
