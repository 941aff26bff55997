package dev.anneal.engine.network.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.Projections;
import dev.anneal.engine.network.lora.Activation;
import dev.anneal.engine.network.lora.Adapter;
import dev.anneal.engine.network.lora.AdapterConfig;
import dev.anneal.engine.network.lora.AnnealingSchedule;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import dev.anneal.engine.text.data.ChatEncoder;
import dev.anneal.engine.text.data.EncodedRow;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/annealing.md says of phi, recomputed by the engine. */
class AnnealingIdentityTest {

    private static final Path PAGE = Path.of("docs/annealing.md");
    private static final Path FOLDER = Path.of("src/main/resources/models/anneal-tiny");
    private static final long SEED = 1;
    private static DecoderModel model;

    @BeforeAll
    static void load() throws IOException {
        model = DecoderModel.load(FOLDER, ElementType.FLOAT32, TestDevice.NAME);
    }

    @AfterAll
    static void close() {
        model.close();
    }

    /** Without its even part an annealed adapter is a LoRA whose scale rises: the control that the page names a ramp. */
    @ParameterizedTest
    @EnumSource
    void theOddPartOfPhiIsLinearAndItsGainGrowsUnlessItIsMatched(Activation activation) {
        float[] z = new float[201];
        float[] negative = new float[201];
        for (int i = 0; i < z.length; i++) {
            z[i] = (i - 100) / 20f;
            negative[i] = -z[i];
        }
        for (double beta : new double[] {1, 0.7, 0.25, 0}) {
            float[] phi = phi(z, activation, beta);
            float[] ofNegative = phi(negative, activation, beta);
            for (int i = 0; i < z.length; i++) {
                float gain = isMatched(activation) ? 1 : (float) (1 - beta / 2);
                assertThat((phi[i] - ofNegative[i]) / 2).isCloseTo(gain * z[i], within(1e-5f));
            }
        }
    }

    private static boolean isMatched(Activation activation) {
        return activation.wireName().startsWith("matched_");
    }

    private static float[] phi(float[] z, Activation activation, double beta) {
        try (TensorScope scope = model.scope().child();
                Tensor given = scope.floats(z, z.length)) {
            return model.program()
                    .whole()
                    .call(scope, "phi", given, kindOf(activation), beta)
                    .toFloats();
        }
    }

    /** Its number in the program. */
    private static long kindOf(Activation activation) {
        return List.of(Activation.values()).indexOf(activation);
    }

    @ParameterizedTest
    @EnumSource
    void theNonLinearSharesOfANewAdapterAreAsThePageSays(Activation activation) throws IOException {
        AdapterConfig config = new AdapterConfig(
                16,
                32,
                false,
                0,
                activation,
                AnnealingSchedule.of("linear", 0, 0.8),
                AdapterConfig.targetsNamed(List.of(AdapterConfig.ALL_LINEAR), Projections.SEPARATE));
        try (Adapter adapter = Adapter.create(model.scope(), model.precision(), model.config(), config, SEED)) {
            AdapterShares shares = model.adapterShares(tokens(), adapter.apply(1, AdapterDropout.NONE));

            assertThat(shares.even()).isCloseTo(share(activation), within(0.002));
            assertThat(shares.output()).isZero();
            assertThat(model.adapterShares(tokens(), adapter.apply(0, AdapterDropout.NONE))
                            .even())
                    .isZero();
        }
    }

    /** The first rows of the demo's tickets. */
    private static TokenRows tokens() throws IOException {
        try (ModelTokenizer tokenizer = ModelTokenizer.open(FOLDER)) {
            return TokenRows.of(ChatEncoder.of(tokenizer, Instant.EPOCH)
                    .encode(Path.of("src/main/resources/demo/tickets.test.jsonl"), 512)
                    .rows()
                    .stream()
                    .limit(8)
                    .map(EncodedRow::ids)
                    .toList());
        }
    }

    /** The page's table has a line for each activation of the paper, with the share in per cent. */
    private static double share(Activation activation) throws IOException {
        Matcher line = Pattern.compile("\\| `%s` \\| ([0-9.]+) % \\|"
                        .replace("%s", activation.wireName().replace("matched_", "")))
                .matcher(Files.readString(PAGE));
        assertThat(line.find()).isTrue();
        return Double.parseDouble(line.group(1)) / 100;
    }
}
