package dev.anneal.engine.network.draft;

import dev.anneal.engine.TestDevice;
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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The EAGLE-1 heads in {@code golden/draft} for llama-tied, and the rows that they read. */
final class GoldenEagle1 {

    static final String FOLDER = "draft/";
    static final int WIDTH = 20;

    private static final String INPUTS = FOLDER + "inputs.safetensors";

    private GoldenEagle1() {}

    static DecoderModel target() throws IOException {
        return DecoderModel.load(GoldenTensors.path("models/llama-tied"), ElementType.FLOAT32, TestDevice.NAME);
    }

    static JsonNode losses() throws IOException {
        return JsonMapper.shared().readTree(Files.readAllBytes(GoldenTensors.path(FOLDER + "losses.json")));
    }

    /**
     * A head with a bias.
     *
     * @param folder gets a copy of the weights
     */
    static EagleHead head(DecoderModel target, String name, Path folder) throws IOException {
        Set<EagleSwitch> switches = EnumSet.of(EagleSwitch.FC_BIAS);
        if (name.equals("with-input-norm")) {
            switches.add(EagleSwitch.INPUT_NORM);
        }
        Files.copy(GoldenTensors.path(FOLDER + name + ".weights.safetensors"), folder.resolve("model.safetensors"));
        EagleConfig config = new EagleConfig(
                EagleConfig.Version.EAGLE1,
                target.config().ofOneLayer(0),
                List.of(),
                target.config().vocabularySize(),
                switches);
        return EagleHead.load(folder, config, target);
    }

    static TokenRows rows() {
        return TokenRows.of(GoldenTensors.ragged(
                GoldenTensors.ints(INPUTS, "input_ids"), GoldenTensors.ints(INPUTS, "attention_mask"), WIDTH));
    }

    static EagleInput input(TensorScope scope, DecoderModel target, EagleTeacher teacher) {
        TokenRows rows = rows();
        float[] mask = GoldenTensors.floats(INPUTS, "loss_mask");
        boolean[] trained = new boolean[rows.tokens()];
        for (int row = 0; row < rows.rows(); row++) {
            for (int i = rows.begin(row) + 1; i < rows.end(row); i++) {
                trained[i] = mask[row * (WIDTH - 1) + i - rows.begin(row) - 1] > 0;
            }
        }
        HiddenStates states = target.hiddenStates(scope, rows, target.noAdapter(), List.of(), () -> {});
        return new EagleInput(rows, trained, List.of(), teacher.states(scope, states.last()));
    }

    /** SmoothL1 and a tenth of the cross entropy, as means over the trained positions. */
    static EagleObjective lesson(EagleInput input) {
        int trained = 0;
        for (boolean each : input.trained()) {
            trained += each ? 1 : 0;
        }
        return new EagleObjective(DistillationLoss.SOFT_CE, List.of(0.1 / trained), 1.0 / trained);
    }
}
