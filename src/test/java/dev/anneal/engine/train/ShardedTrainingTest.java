package dev.anneal.engine.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.FrozenLayers;
import dev.anneal.engine.network.model.GoldenTensors;
import dev.anneal.engine.network.model.ModelForm;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.ProcessGroup;
import dev.anneal.engine.network.torch.TestGroup;
import dev.anneal.engine.train.SeveralRanksTest.Arm;
import dev.anneal.engine.train.state.Ranks;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ranks that each keep a share of a base's layers train what ranks with a whole base train, bit by bit. */
class ShardedTrainingTest {

    private static final Path MODEL = GoldenTensors.path("models/llama-tied");

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** Loads the model that a rank trains. */
    private interface Loading {
        DecoderModel load(ProcessGroup group) throws IOException;
    }

    @ParameterizedTest
    @CsvSource({
        "SUPERVISED,2,1,FLOAT32,false",
        "SUPERVISED,2,2,BFLOAT16,false",
        "SUPERVISED,4,1,FLOAT32,false",
        "SUPERVISED,3,2,BFLOAT16,true",
        "DROPOUT,3,1,FLOAT32,false",
        "PREFERENCE,2,2,FLOAT32,false",
        "REINFORCEMENT,2,1,FLOAT32,false",
        "REINFORCEMENT,2,1,FLOAT32,true",
        "DRAFT,2,1,FLOAT32,false"
    })
    void aShardedBaseChangesNoBit(Arm arm, int ranks, int threads, ElementType precision, boolean isNf4)
            throws IOException {
        Path directory = GoldenTensors.path(arm.model);

        Map<String, String> whole = train(
                arm,
                "whole",
                ranks,
                threads,
                group -> DecoderModel.load(directory, precision, TestDevice.NAME, new ModelForm(isNf4, null).byRow()));
        Map<String, String> sharded = train(
                arm,
                "sharded",
                ranks,
                threads,
                group -> DecoderModel.load(directory, precision, TestDevice.NAME, new ModelForm(isNf4, group).byRow()));

        assertThat(sharded).isEqualTo(whole).isNotEmpty();
    }

    private Map<String, String> train(Arm arm, String name, int size, int threads, Loading loading) throws IOException {
        return TestGroup.run(size, group -> {
                    Path attempt = folder.resolve(name + "-" + group.rank());
                    try (DecoderModel model = loading.load(group)) {
                        TrainingFixture fixture = arm.of(model, attempt)
                                .of(Ranks.of(group, false))
                                .threads(threads);
                        fixture.run();
                        return group.rank() == 0
                                ? SeveralRanksTest.files(fixture.checkpoint(arm.steps()))
                                : Map.<String, String>of();
                    }
                })
                .get(0);
    }

    /** One is told to stop while another computes, and both end after the same step. */
    @Test
    void aStopOfOneRankEndsAll() throws IOException {
        List<Integer> steps = TestGroup.run(2, group -> {
            try (DecoderModel model =
                    DecoderModel.load(MODEL, ElementType.FLOAT32, TestDevice.NAME, new ModelForm(false, group))) {
                TrainingFixture fixture = Arm.SUPERVISED
                        .of(model, folder.resolve("stopped-" + group.rank()))
                        .of(Ranks.of(group, false));
                if (group.rank() == 1) {
                    fixture.stoppingAfter(3);
                }
                fixture.run();
                return fixture.steps().size();
            }
        });

        assertThat(steps.get(0)).isBetween(3, 4);
    }

    @Test
    void ranksNeedNotWalkTheSameLayers() throws IOException {
        List<List<Float>> firsts = TestGroup.run(3, group -> {
            try (DecoderModel model =
                    DecoderModel.load(MODEL, ElementType.FLOAT32, TestDevice.NAME, new ModelForm(false, group))) {
                List<Integer> walk = List.of(List.of(0, 1, 0, 1, 1), List.of(1), List.<Integer>of())
                        .get(group.rank());
                List<Float> first =
                        walk.stream().map(layer -> first(model, layer)).toList();
                group.gather(group.rank());
                return first;
            }
        });

        try (DecoderModel whole = DecoderModel.load(MODEL, ElementType.FLOAT32, TestDevice.NAME)) {
            float zero = first(whole, 0);
            float one = first(whole, 1);
            assertThat(firsts).containsExactly(List.of(zero, one, zero, one, one), List.of(one), List.of());
        }
    }

    /** Of the last matrix of a layer, whose end is filled up in the last share. */
    private static float first(DecoderModel model, int layer) {
        try (FrozenLayers.Loan lent = model.layerWeights(layer)) {
            float[] values = lent.weights().get(5).toFloats();
            return values[values.length - 1];
        }
    }

    @Test
    void aRankThatEndsIsMissed() {
        assertThatThrownBy(() -> TestGroup.run(2, Duration.ofSeconds(5), group -> {
                    try (DecoderModel model = DecoderModel.load(
                            MODEL, ElementType.FLOAT32, TestDevice.NAME, new ModelForm(false, group))) {
                        return group.rank() == 0 ? first(model, 0) : Float.valueOf(0);
                    }
                }))
                .hasMessageContaining("in gather");
    }
}
