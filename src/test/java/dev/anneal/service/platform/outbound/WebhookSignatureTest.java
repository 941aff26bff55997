package dev.anneal.service.platform.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the example in the reference libraries of Standard Webhooks. */
class WebhookSignatureTest {

    @Test
    void signatureIsThatOfTheReference() {
        assertThat(new WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .of(
                                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                                1614265330,
                                "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    /** As the command in docs/graders.md prints it. */
    @Test
    void tenantsHaveSecretsOfTheirOwn() {
        byte[] body = {1, 2};
        WebhookSignature acme = new WebhookSignature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").ofTenant("acme");

        assertThat(acme.of("id", 1, body))
                .isEqualTo(
                        new WebhookSignature("whsec_Bzlg5iSqR94GWFwFWEUPvRNx/TkUsTZf+38NHqi3/Lc=").of("id", 1, body));
    }

    @ParameterizedTest
    @ValueSource(strings = {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_MfKQ9r8G", "whsec_!!!"})
    void secretsAreThoseOfTheStandard(String secret) {
        assertThatThrownBy(() -> new WebhookSignature(secret))
                .hasMessageStartingWith("a secret must be 'whsec_' and base64")
                .hasMessageNotContaining("MfKQ");
    }
}
