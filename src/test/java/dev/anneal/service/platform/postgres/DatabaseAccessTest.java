package dev.anneal.service.platform.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.service.platform.postgres.DatabaseAccess.Login;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown of the database's address. */
class DatabaseAccessTest {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {
                "jdbc:postgresql://db:5432/anneal, db:5432/anneal",
                "jdbc:postgresql://db/anneal?user=anneal&password=secret&sslmode=verify-full, db/anneal",
                "\"jdbc:postgresql://one:5432,two:5432/anneal?targetServerType=primary\", \"one:5432,two:5432/anneal\"",
                "jdbc:postgresql://anneal:secret@db:5432/anneal, db:5432/anneal",
                "jdbc:postgresql:anneal?password=a?b@c, anneal"
            })
    void placeShowsNoCredentials(String url, String place) {
        Login login = new Login("anneal", "secret");

        assertThat(new DatabaseAccess(url, login, login, false).place()).isEqualTo(place);
    }
}
