package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.platform.database.TestDatabase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.TestPropertySource;

/** Uploads that are to exhaust whoever takes them apart: each is refused soon and nothing of it is kept. */
@TestPropertySource(properties = "anneal.files.max-size=64KB")
class MultipartIT extends AttackTest {

    private static final String TYPE = "Content-Type: multipart/form-data; boundary=b\r\n";
    private static final String END = "--b--\r\n";

    @AfterEach
    void nothingIsKept() {
        assertThat(TestDatabase.administrator()
                        .sql("SELECT count(*) FROM file WHERE content <> 'GONE'")
                        .query(Long.class)
                        .single())
                .isZero();
    }

    @Test
    void partsAreCounted() {
        String body = part("name=\"purpose\"", "batch").repeat(1_000) + END;

        Reply reply = upload(TYPE, body);

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.isEnvelope()).isTrue();
    }

    @Test
    void unknownPartsAreRefusedAtTheFirst() {
        assertRefused(upload(TYPE, part("name=\"x\"", "y").repeat(1_000) + END), 400, "unknown_parameter");
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 10_000, 100_000})
    void aNameHasABound(int length) {
        assertRefused(
                upload(TYPE, part("name=\"file\"; filename=\"" + "n".repeat(length) + "\"", "x") + END),
                400,
                "invalid_multipart");
    }

    @Test
    void headersOfAPartHaveABound() {
        String headers = "X-Filler: " + "x".repeat(60) + "\r\n";

        assertRefused(
                upload(
                        TYPE,
                        "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n" + headers.repeat(1_000) + "\r\nx\r\n"
                                + END),
                400,
                "invalid_multipart");
    }

    @Test
    void headersThatNeverEndAreRefused() {
        assertRefused(upload(TYPE, "--b\r\nContent-Disposition: form-data"), 400, "invalid_multipart");
    }

    @Test
    void aBodyWithoutItsEndIsRefused() {
        assertRefused(
                upload(
                        TYPE,
                        part("name=\"purpose\"", "batch")
                                + "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx"),
                400,
                "invalid_multipart");
    }

    @Test
    void aBodyOfAnotherBoundaryIsRefused() {
        assertRefused(upload(TYPE, part("name=\"file\"", "x").replace("--b", "--c")), 400, "missing_parameter");
    }

    @Test
    void whatStandsBeforeTheFirstPartHasABound() {
        assertRefused(
                upload(TYPE, "x".repeat(8_000_000) + "\r\n" + part("name=\"purpose\"", "batch") + END),
                413,
                "request_too_large");
    }

    @ParameterizedTest
    @ValueSource(strings = {"name=\"purpose\"", "name=\"file\"; filename=\"a\"", "name=\"file\"; filename=\"NAME\""})
    void theWholeHasABound(String disposition) {
        String body = part(disposition.replace("NAME", "n".repeat(1_000)), "x").repeat(40_000) + END;

        assertRefused(upload(TYPE, body.substring(0, 2_000_000)), 413, "request_too_large");
    }

    @Test
    void whatStandsBeforeTheFirstPartHasABoundWhereNoLengthIsAnnounced() {
        String preamble = "x".repeat(1_000_000);
        String chunk = Integer.toHexString(preamble.length()) + "\r\n" + preamble + "\r\n";

        Reply reply = RawHttp.send(
                port(),
                request("POST /v1/files", KEY + TYPE + "Transfer-Encoding: chunked\r\n", "") + chunk.repeat(8)
                        + "0\r\n\r\n");

        assertRefused(reply, 413, "request_too_large");
    }

    @Test
    void whatStandsInAnotherFieldHasABound() {
        assertRefused(upload(TYPE, part("name=\"purpose\"", "x".repeat(60_000)) + END), 400, "invalid_value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=\"",
                "multipart/form-data",
                "multipart/form-data; boundary=b; boundary=c",
                "multipart/mixed; boundary=b",
                "multipart/"
            })
    void boundariesAreBoundaries(String type) {
        Reply reply = upload("Content-Type: " + type + "\r\n", part("name=\"x\"", "x") + END);

        assertThat(reply.status()).as(reply.text()).isIn(400, 415);
        assertThat(reply.isEnvelope()).as(reply.text()).isTrue();
    }

    @Test
    void aBoundaryHasABound() {
        String boundary = "b".repeat(5_000);

        Reply reply = upload(
                "Content-Type: multipart/form-data; boundary=" + boundary + "\r\n",
                "--" + boundary + "\r\n\r\nx\r\n--" + boundary + "--\r\n");

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.isEnvelope()).isTrue();
    }

    @Test
    void aMultipartBodyIsNoWayAroundTheLimitOfOtherRoutes() {
        String body = part("name=\"file\"", "x".repeat(3_000_000)) + END;
        for (String route : new String[] {"/v1/fine_tuning/jobs", "/v1/webhook_endpoints", "/v1/chat/completions"}) {
            Reply reply = raw("POST " + route, KEY + TYPE, body);

            assertThat(reply.status()).as(route + reply.text()).isIn(404, 415);
        }
    }

    private Reply upload(String type, String body) {
        return raw("POST /v1/files", KEY + type, body);
    }

    private static String part(String disposition, String content) {
        return "--b\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + content + "\r\n";
    }
}
