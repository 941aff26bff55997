package dev.anneal.service.access.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.database.DatabaseOutage;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import org.apache.catalina.connector.ClientAbortException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.springframework.transaction.TransactionSystemException;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;

/** #17: a database that is killed under a commit is no client that has gone, though both break a connection. */
class ClientDisconnectTest {

    @Test
    void whatTheContainerSaysOfItsClientIsOne() {
        assertThat(ClientDisconnect.explains(new ClientAbortException(new IOException("Broken pipe"))))
                .isTrue();
        assertThat(ClientDisconnect.explains(
                        new UncheckedIOException(new ClientAbortException(new IOException("Connection reset")))))
                .isTrue();
        assertThat(ClientDisconnect.explains(new AsyncRequestNotUsableException("The answer has ended.")))
                .isTrue();
    }

    @Test
    void aDatabaseThatEndsUnderACommitIsNone() {
        TransactionSystemException failure = new TransactionSystemException(
                "Could not commit JDBC transaction",
                new PSQLException(
                        "An I/O error occurred while sending to the backend.",
                        PSQLState.CONNECTION_FAILURE,
                        new EOFException()));

        assertThat(ClientDisconnect.explains(failure)).isFalse();
        assertThat(DatabaseOutage.explains(failure)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Connection reset by peer", "Broken pipe"})
    void anotherServerThatBreaksAConnectionIsNone(String message) {
        assertThat(ClientDisconnect.explains(new UncheckedIOException(new SocketException(message))))
                .isFalse();
    }
}
