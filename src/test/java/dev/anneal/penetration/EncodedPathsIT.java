package dev.anneal.penetration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.penetration.RawHttp.Reply;
import dev.anneal.service.platform.database.TestDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Other spellings of paths, to a process with the role api. */
class EncodedPathsIT extends EncodedPathsTest {

    @Test
    void noRouteIsServedWithAnEncodedLetter() {
        walkWithOneEncodedLetter();
    }

    @Test
    void noRouteIsServedInAnotherSpelling() {
        walkInOtherSpellings();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%761/files/", "/v%31/files/", "/v1/f%69les/", "/v1/file%73/"})
    void fileIsNotDeletedPastTheAuditLog(String path) {
        String file = file(ALPHA, 10);

        assertRefused(raw("DELETE " + path + file, KEY, ""), 400, "invalid_value");

        assertThat(get(ALPHA, "/v1/files/" + file).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/files", "/V1/files", "/v1%2Ffiles", "/elsewhere", "/v1"})
    void wrongKeyIsAFailedLoginOnEveryPath(String path) {
        Reply reply = raw("GET " + path, WRONG_KEY, "");

        assertRefused(reply, 401, "invalid_api_key");
        String id = reply.header("x-request-id");
        await(() -> TestDatabase.administrator()
                .sql("SELECT action || ' ' || path FROM audit_log WHERE request_id = :id")
                .param("id", id)
                .query(String.class)
                .list()
                .contains("login.failed " + path));
    }

    @ParameterizedTest
    @ValueSource(strings = {"org%2Fname", "org%2fname", "ft%3Aanneal-tiny%3Aalpha%3Ax%3A1", "a%20b", "%C3%A4", "%40x"})
    void whatMustBeEncodedIsServed(String id) {
        Reply reply = raw("GET /v1/models/" + id, KEY, "");

        assertRefused(reply, 404, "not_found");
    }
}
