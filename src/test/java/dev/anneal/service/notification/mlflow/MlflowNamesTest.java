package dev.anneal.service.notification.mlflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as MLflow's validation takes them. */
class MlflowNamesTest {

    @ParameterizedTest
    @CsvSource({
        "train_loss, train_loss",
        "rewards/margins, rewards/margins",
        "rewards/a client's name/mean, rewards/a client_s name/mean",
        "/absolute//twice/, absolute/twice",
        "../up/./here, _/up/_/here",
        "größe:x, gr__e_x",
        "/, _"
    })
    void keysArePathsOfPlainCharacters(String name, String key) {
        assertThat(MlflowNames.key(name)).isEqualTo(key);
    }

    @Test
    void keysAreBounded() {
        assertThat(MlflowNames.key("x".repeat(400))).hasSize(250);
    }

    @ParameterizedTest
    @CsvSource({
        "ft:anneal-tiny:default:tickets:v2hcn2ks, ft-anneal-tiny-default-tickets",
        "ft:org/base:default::v2hcn2ks, ft-org-base-default"
    })
    void jobsThatDifferInNothingElseShareAModel(String tuned, String model) {
        assertThat(MlflowNames.model(tuned)).isEqualTo(model);
    }
}
