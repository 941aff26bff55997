package dev.anneal.engine.network.draft;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.SafetensorsFile;
import dev.anneal.engine.format.safetensors.SafetensorsWriter;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.format.safetensors.TensorsInMemory;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.objective.DistillationLoss;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The variants of an EAGLE-3 head in {@code golden/draft3/eagle3}, and the two documents that they read. */
final class GoldenEagle3 {

    static final List<Integer> STREAMS = List.of(1, 2, 3);
    static final int STEPS = 3;
    static final double DECAY = 0.8;

    private static final String FOLDER = "draft3/eagle3/";
    private static final String WEIGHTS = FOLDER + "weights.safetensors";
    private static final String VOCABULARY = FOLDER + "vocabulary.safetensors";
    private static final String DOCUMENTS = FOLDER + "documents.safetensors";
    private static final List<Integer> LENGTHS = List.of(13, 12);

    private GoldenEagle3() {}

    static DecoderModel target() throws IOException {
        return DecoderModel.load(GoldenTensors.path("draft3/target"), ElementType.FLOAT32, TestDevice.NAME);
    }

    static JsonNode losses() throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(FOLDER + "losses.json")));
    }

    static JsonNode variant(String name) throws IOException {
        return losses().path("variants").path(name);
    }

    static float[] logits(String variant) {
        return GoldenTensors.floats(FOLDER + variant + ".logits.safetensors", "logits");
    }

    static Map<String, float[]> gradients(String variant, String loss) {
        return GoldenTensors.all(FOLDER + variant + "." + loss + ".grads.safetensors");
    }

    static EagleConfig config(DecoderModel target, JsonNode flags) {
        Set<EagleSwitch> switches = EnumSet.noneOf(EagleSwitch.class);
        for (EagleSwitch each : EagleSwitch.values()) {
            if (flags.path(each.key()).asBoolean(false)) {
                switches.add(each);
            }
        }
        return new EagleConfig(
                EagleConfig.Version.EAGLE3,
                target.config().ofOneLayer(flags.path("window").asInt(0)),
                STREAMS,
                flags.path("reduced").asBoolean() ? 61 : 97,
                switches);
    }

    /** @param folder gets the variant's own tensors */
    static EagleHead head(DecoderModel target, String variant, Path folder) throws IOException {
        EagleConfig config = config(target, variant(variant).path("config"));
        boolean reduced = config.draftVocabulary() < 97;
        List<TensorData> tensors = new ArrayList<>();
        Map<String, float[]> all = GoldenTensors.all(WEIGHTS);
        EagleNames.of(config).stream().flatMap(List::stream).forEach(stored -> {
            String source = reduced && stored.name().startsWith("lm_head") ? "reduced." + stored.name() : stored.name();
            tensors.add(
                    TensorsInMemory.ofFloats(stored.name(), stored.shape(), Objects.requireNonNull(all.get(source))));
        });
        if (reduced) {
            try (SafetensorsFile file = SafetensorsFile.open(GoldenTensors.path(VOCABULARY))) {
                tensors.add(TensorData.of("d2t", Dtype.I64, List.of(61L), file.bytes("d2t")));
            }
        }
        SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors);
        return EagleHead.load(folder, config, target);
    }

    /** Both documents in one row each, with what the target makes of them. */
    static EagleInput input(TensorScope scope, DecoderModel target, EagleTeacher teacher, float[] mask) {
        TokenRows rows = rows();
        boolean[] trained = new boolean[rows.tokens()];
        for (int i = 0; i < trained.length; i++) {
            trained[i] = mask[i] > 0;
        }
        HiddenStates states = target.hiddenStates(scope, rows, target.noAdapter(), STREAMS, () -> {});
        return new EagleInput(rows, trained, states.streams(), teacher.states(scope, states.last()));
    }

    static TokenRows rows() {
        return TokenRows.of(List.of(
                GoldenTensors.ints(DOCUMENTS, "document0.input_ids"),
                GoldenTensors.ints(DOCUMENTS, "document1.input_ids")));
    }

    /** Of each token of both documents. */
    static float[] mask() {
        return joined("loss_mask");
    }

    static float[] residual(int stream) {
        return joined("residual." + stream);
    }

    private static float[] joined(String name) {
        float[] first = GoldenTensors.floats(DOCUMENTS, "document0." + name);
        float[] second = GoldenTensors.floats(DOCUMENTS, "document1." + name);
        float[] all = new float[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    /**
     * Tokens of both documents whose logits a step compares, in our rows and in Speculators' packed one, where a
     * document lacks its first token.
     */
    static List<int[]> compared(int step) {
        List<int[]> places = new ArrayList<>();
        int begin = 0;
        for (int document = 0; document < LENGTHS.size(); document++) {
            int last = LENGTHS.get(document) - 1 - step;
            for (int i = 0; i < last; i++) {
                places.add(new int[] {begin + i, begin + i - document});
            }
            begin += LENGTHS.get(document);
        }
        return places;
    }

    /** The lesson whose gradient is that of the golden total. */
    static EagleObjective lesson(DistillationLoss loss, List<Long> trained) {
        List<Double> weights = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            weights.add(Math.pow(DECAY, step) / (trained.get(step) + 1e-5));
        }
        return new EagleObjective(loss, weights, 0);
    }
}
