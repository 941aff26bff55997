package dev.anneal.engine.network.draft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.FrozenLayers;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New heads, and the files of trained ones. */
class EagleHeadTest {

    @TempDir
    Path folder;

    @Test
    void aNewHeadBeginsWithTheLastStreamAndTheTargetsLayer() throws IOException {
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = EagleHead.create(target, config(target, 61), vocabulary(61), 3);
                EagleTeacher teacher = new EagleTeacher(head, target);
                TensorScope scope = target.scope().child()) {
            EagleInput input = GoldenEagle3.input(scope, target, teacher, GoldenEagle3.mask());

            Tensor state = head.program()
                    .fc(scope, head.program().concatenated(scope, input.streams()))
                    .get(0);

            assertThat(GoldenTensors.largestDifference(
                            state.toFloats(), input.streams().get(2).toFloats()))
                    .isLessThan(TestDevice.tolerance(1e-5));
            EagleTensors weights = head.program().weights();
            float[] query = weights.layer().get(1).toFloats();
            float[] copied = copied(target);
            assertThat(query[0]).isEqualTo(query[32]).isCloseTo(copied[0] * (float) Math.sqrt(0.5), within(1e-6f));
            assertThat(weights.head().toFloats()).isEqualTo(teacher.table().toFloats());
        }
    }

    /** Queries, keys and values of the last layer. */
    private static float[] copied(DecoderModel target) {
        try (FrozenLayers.Loan lent = target.layerWeights(3)) {
            return lent.weights().get(1).toFloats();
        }
    }

    @Test
    void weightsSurviveTheirFile() throws IOException {
        try (DecoderModel target = GoldenEagle3.target();
                EagleHead head = GoldenEagle3.head(target, "eagle31", folder);
                TrainableHead weights = new TrainableHead(head, name -> !name.startsWith("lm_head"))) {
            float[] before = weights.masters().get(0).toFloats();
            weights.save(folder.resolve("model.safetensors"));
            weights.masters()
                    .get(0)
                    .overwrite(0, weights.masters().get(1).toBytes().limit(4 * before.length));
            assertThat(weights.masters().get(0).toFloats()).isNotEqualTo(before);

            weights.restore(folder);

            assertThat(weights.masters().get(0).toFloats()).isEqualTo(before);
            assertThat(weights.names())
                    .contains("fc.weight", "fc_norm.0.weight", "layers.0.self_attn.q_proj.weight")
                    .doesNotContain("lm_head.weight", "embed_tokens.weight");
        }
    }

    @Test
    void aVocabularyOfAnotherSizeIsRefused() throws IOException {
        try (DecoderModel target = GoldenEagle3.target()) {
            EagleConfig config = config(target, 61);

            assertThatThrownBy(() -> EagleHead.create(target, config, vocabulary(60), 3))
                    .hasMessage("a vocabulary of 60 tokens for a draft of 61");
        }
    }

    private static EagleConfig config(DecoderModel target, int tokens) {
        return new EagleConfig(
                EagleConfig.Version.EAGLE3,
                target.config().ofOneLayer(0),
                GoldenEagle3.STREAMS,
                tokens,
                Set.of(EagleSwitch.NORM_BEFORE_RESIDUAL));
    }

    private static DraftVocabulary vocabulary(int tokens) {
        long[] counts = new long[97];
        Arrays.setAll(counts, id -> id * 31 % 17);
        return DraftVocabulary.ofCounts(counts, tokens);
    }
}
