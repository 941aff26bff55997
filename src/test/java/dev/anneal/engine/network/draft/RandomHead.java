package dev.anneal.engine.network.draft;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Architecture;
import dev.anneal.engine.network.lora.RandomModel;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.objective.HiddenStates;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** A head of random kind, switches, window, vocabulary and weights for a target of random shape. */
final class RandomHead implements AutoCloseable {

    final DecoderModel target;
    final EagleHead head;
    final TrainableHead weights;
    final EagleTeacher teacher;

    /** @param longest length of a row that a window shall hide something of */
    RandomHead(Path folder, ElementType precision, Random random, int longest) throws IOException {
        Architecture family = random.nextBoolean() ? Architecture.LLAMA : Architecture.QWEN3;
        RandomModel.in(folder, family, random, longest);
        this.target = DecoderModel.load(folder, precision, TestDevice.NAME);
        int tokens = target.config().vocabularySize();
        EagleConfig config = config(random, longest);
        DraftVocabulary vocabulary =
                DraftVocabulary.ofCounts(random.longs(tokens, 0, 4).toArray(), config.draftVocabulary());
        this.head = EagleHead.create(
                target, config, vocabulary, random.nextInt(target.config().layers()));
        this.teacher = new EagleTeacher(head, target);
        this.weights = new TrainableHead(head, name -> true);
        for (int i = 0; i < weights.masters().size(); i++) {
            boolean norm = weights.names().get(i).contains("norm");
            overwrite(weights.masters().get(i), random, norm);
        }
        weights.refresh();
    }

    private EagleConfig config(Random random, int longest) {
        boolean eagle3 = random.nextInt(4) > 0;
        int layers = target.config().layers();
        int tokens = target.config().vocabularySize();
        // With a window of 1 nothing is weighed in the first step and queries have no gradient there.
        int window = random.nextBoolean() ? 0 : 2 + random.nextInt(longest - 2);
        Set<EagleSwitch> switches = EnumSet.noneOf(EagleSwitch.class);
        List<Integer> streams = new ArrayList<>();
        if (eagle3) {
            add(switches, random, EagleSwitch.NORM_BEFORE_RESIDUAL);
            add(switches, random, EagleSwitch.NORM_OUTPUT);
            add(switches, random, random.nextBoolean() ? EagleSwitch.NORM_BEFORE_FC : EagleSwitch.FC_NORM);
            for (int stream = 0; stream <= layers; stream++) {
                streams.add(stream);
            }
        } else {
            add(switches, random, EagleSwitch.INPUT_NORM);
        }
        add(switches, random, EagleSwitch.FC_BIAS);
        return new EagleConfig(
                eagle3 ? EagleConfig.Version.EAGLE3 : EagleConfig.Version.EAGLE1,
                target.config().ofOneLayer(window),
                streams,
                eagle3 && random.nextBoolean() ? tokens / 2 : tokens,
                switches);
    }

    private static void add(Set<EagleSwitch> switches, Random random, EagleSwitch one) {
        if (random.nextBoolean()) {
            switches.add(one);
        }
    }

    private static void overwrite(Tensor master, Random random, boolean norm) {
        ByteBuffer values =
                ByteBuffer.allocate((int) master.elements() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        while (values.hasRemaining()) {
            values.putFloat((float) (norm ? 1 + 0.25 * random.nextGaussian() : 0.2 * random.nextGaussian()));
        }
        master.overwrite(0, values.flip());
    }

    List<int[]> rows(Random random, int longest) {
        List<int[]> rows = new ArrayList<>();
        int others = random.nextInt(4);
        for (int row = 0; row <= others; row++) {
            int length = row == others ? longest : 2 + random.nextInt(12);
            rows.add(random.ints(length, 0, target.config().vocabularySize()).toArray());
        }
        return rows;
    }

    /** The last row is trained at its end at least, so that every step learns. */
    EagleInput input(TensorScope scope, List<int[]> rows, Random random) {
        TokenRows tokens = TokenRows.of(rows);
        boolean[] trained = new boolean[tokens.tokens()];
        for (int i = 0; i < trained.length; i++) {
            trained[i] = random.nextInt(3) > 0 || i >= trained.length - 2;
        }
        HiddenStates states = states(scope, tokens);
        return new EagleInput(tokens, trained, states.streams(), teacher.states(scope, states.last()));
    }

    HiddenStates states(TensorScope scope, TokenRows rows) {
        return target.hiddenStates(
                scope, rows, target.noAdapter(), head.config().streams(), () -> {});
    }

    @Override
    public void close() {
        weights.close();
        teacher.close();
        head.close();
        target.close();
    }
}
