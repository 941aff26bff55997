package dev.anneal.engine.network.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.architecture.Projection;
import dev.anneal.engine.network.architecture.Projections;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Adapter settings are refused with the setting, the value and what may stand there. */
class AdapterConfigTest {

    private static final AnnealingSchedule SCHEDULE = AnnealingSchedule.of("linear", 0, 0.8);

    @Test
    void scaleIsAlphaOverRankOrItsRoot() {
        assertThat(adapter(4, 8, 0, "silu", "q_proj").scale()).isEqualTo(2);
        assertThat(AdapterConfig.of(
                                4,
                                8,
                                true,
                                0,
                                "silu",
                                SCHEDULE,
                                AdapterConfig.targetsNamed(List.of("q_proj"), Projections.SEPARATE))
                        .scale())
                .isEqualTo(4);
    }

    @Test
    void allLinearMeansEveryProjection() {
        assertThat(adapter(4, 8, 0, "silu", "all-linear").targets())
                .containsExactlyElementsOf(Projections.SEPARATE.all());
    }

    @Test
    void noActivationIsAPlainLora() {
        AdapterConfig config = adapter(4, 8, 0, "none", "v_proj", "q_proj");

        assertThat(config.schedule().betaAt(0, 10)).isZero();
        assertThat(config.targets()).containsExactly(Projection.QUERY, Projection.VALUE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | 8 | 0 | silu | q_proj | rank | rank must be at least 1, was 0",
                "4 | 0 | 0 | silu | q_proj | alpha | alpha must be a positive number, was 0.0",
                "4 | NaN | 0 | silu | q_proj | alpha | alpha must be a positive number, was NaN",
                "4 | 8 | 1 | silu | q_proj | dropout | dropout must be a probability from 0 to below 1, was 1.0",
                "4 | 8 | 0 | tanh | q_proj | activation | activation must be one of relu, silu, gelu, matched_relu, matched_silu, matched_gelu, or none for a plain LoRA; was 'tanh'",
                "4 | 8 | 0 | silu | lm_head | target_modules | target_modules may name q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj, or be [\"all-linear\"] alone; found 'lm_head'",
            })
    void badSettingsNameValueAndRemedy(
            int rank, double alpha, double dropout, String activation, String target, String setting, String message) {
        assertThatThrownBy(() -> adapter(rank, alpha, dropout, activation, target))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessage(message)
                .hasMessageStartingWith(setting + " ");
    }

    @Test
    void noTargetsAreRefused() {
        assertThatThrownBy(() -> adapter(4, 8, 0, "silu"))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessageStartingWith("target_modules must name at least one projection");
    }

    @Test
    void groupsOfSignsDivideTheWidthsOfTargets() throws IOException {
        ModelConfig model = ModelConfig.read(Path.of("src/test/resources/golden/models/llama-tied/config.json"));
        AdapterConfig adapter = adapter(8, 8, 0, "silu", "k_proj");

        adapter.withSignGroups(32).requireFits(model);
        adapter.withSignGroups(32).asLora().requireFits(model);
        assertThatThrownBy(() -> adapter.withSignGroups(64).requireFits(model))
                .isInstanceOf(AdapterConfigException.class)
                .hasMessageStartingWith("sign_groups must divide inputs and outputs of k_proj, ");
    }

    private static AdapterConfig adapter(int rank, double alpha, double dropout, String activation, String... targets) {
        return AdapterConfig.of(
                rank,
                alpha,
                false,
                dropout,
                activation,
                SCHEDULE,
                AdapterConfig.targetsNamed(List.of(targets), Projections.SEPARATE));
    }
}
