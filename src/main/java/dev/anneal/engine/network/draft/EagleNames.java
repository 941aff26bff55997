package dev.anneal.engine.network.draft;

import dev.anneal.engine.format.safetensors.Dtype;
import dev.anneal.engine.format.safetensors.TensorData;
import dev.anneal.engine.network.architecture.CheckpointTensors;
import dev.anneal.engine.network.architecture.CheckpointTensors.Stored;
import dev.anneal.engine.network.architecture.Projections;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Names and shapes of a head's tensors in a file, as Speculators has them. */
public final class EagleNames {

    /** Prefix of the layer's tensors. */
    public static final String LAYER = "layers.0.";

    /** Those of its layer, whatever the target's are. */
    public static final Projections PROJECTIONS = Projections.SEPARATE;

    public static final String EMBEDDING = "embed_tokens.weight";

    /** int64: of each token of the draft's vocabulary what its id in the target's is larger by. */
    public static final String OFFSETS = "d2t";

    /** For each token of the target's vocabulary whether it is in the draft's. */
    public static final String MEMBERS = "t2d";

    private EagleNames() {}

    /** What each of {@link EagleTensors#all} consists of; nothing where the head has no such weight. */
    public static List<List<Stored>> of(EagleConfig config) {
        int hidden = config.hiddenSize();
        boolean eagle3 = config.isEagle3();
        List<List<Stored>> weights = new ArrayList<>(new CheckpointTensors(config.layer()).layer(LAYER, config));
        if (!eagle3 && !config.has(EagleSwitch.INPUT_NORM)) {
            weights.set(0, List.of());
        }
        weights.add(onlyIf(eagle3, CheckpointTensors.vector(LAYER + "hidden_norm.weight", hidden)));
        weights.add(List.of(CheckpointTensors.matrix("fc.weight", hidden, config.fcInputs())));
        weights.add(onlyIf(config.has(EagleSwitch.FC_BIAS), CheckpointTensors.vector("fc.bias", hidden)));
        weights.add(fcNorms(config));
        weights.add(onlyIf(eagle3, CheckpointTensors.vector("norm.weight", hidden)));
        weights.add(onlyIf(eagle3, CheckpointTensors.matrix(CheckpointTensors.HEAD, config.draftVocabulary(), hidden)));
        return weights;
    }

    /** The vocabulary as {@link #OFFSETS}. */
    public static TensorData offsets(DraftVocabulary vocabulary) {
        ByteBuffer bytes = ByteBuffer.allocate(vocabulary.size() * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asLongBuffer().put(vocabulary.offsets());
        return TensorData.of(OFFSETS, Dtype.I64, List.of((long) vocabulary.size()), bytes);
    }

    /** The vocabulary as {@link #MEMBERS}. */
    public static TensorData members(DraftVocabulary vocabulary) {
        boolean[] members = vocabulary.members();
        ByteBuffer bytes = ByteBuffer.allocate(members.length);
        for (boolean member : members) {
            bytes.put((byte) (member ? 1 : 0));
        }
        return TensorData.of(MEMBERS, Dtype.BOOL, List.of((long) members.length), bytes.flip());
    }

    private static List<Stored> fcNorms(EagleConfig config) {
        if (config.has(EagleSwitch.NORM_BEFORE_FC)) {
            return List.of(CheckpointTensors.vector("input_norm.weight", config.fcInputs()));
        }
        return IntStream.range(0, config.fcNorms())
                .mapToObj(i -> CheckpointTensors.vector("fc_norm." + i + ".weight", config.hiddenSize()))
                .toList();
    }

    private static List<Stored> onlyIf(boolean has, Stored stored) {
        return has ? List.of(stored) : List.of();
    }
}
