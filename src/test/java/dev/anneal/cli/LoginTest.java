package dev.anneal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the command finds the service's address and its key. */
class LoginTest {

    private final Map<String, String> environment = new HashMap<>();

    @TempDir
    private Path configuration;

    @BeforeEach
    void configure() {
        environment.put("XDG_CONFIG_HOME", configuration.toString());
    }

    @Test
    void thisMachineWithoutAKeyIfNothingIsSaid() throws IOException {
        assertThat(login(null)).isEqualTo(new Login(URI.create("http://127.0.0.1:8080"), null));
    }

    @Test
    void commandLineGoesBeforeEnvironmentAndThatBeforeTheKeptLogin() throws IOException {
        keep("https://kept.example", "sk-kept");
        assertThat(login(null)).isEqualTo(new Login(URI.create("https://kept.example"), "sk-kept"));

        environment.put("ANNEAL_URL", "https://environment.example/");
        environment.put("ANNEAL_API_KEY", "sk-environment");
        assertThat(login(null)).isEqualTo(new Login(URI.create("https://environment.example"), "sk-environment"));
        assertThat(login("https://line.example").url()).isEqualTo(URI.create("https://line.example"));
    }

    @Test
    void aKeptKeyIsSentToItsOwnServiceAlone() throws IOException {
        keep("https://kept.example", "sk-kept");

        assertThat(login("https://other.example").key()).isNull();
        assertThat(login("https://kept.example").key()).isEqualTo("sk-kept");
        assertThat(login("https://kept.example/").key()).isEqualTo("sk-kept");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anneal.example.com", "ftp://anneal.example.com", "http://", "http://a b", "::"})
    void whatIsNoAddressIsToldWithWhatIsOne(String url) {
        assertThatThrownBy(() -> login(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("'" + url + "'", "https://anneal.example.com");
    }

    @Test
    void aDamagedFileIsToldWithWhatToDo() throws IOException {
        keep("https://kept.example", "sk-kept");
        Files.writeString(Login.file(environment), "{\"url\": ");

        assertThatThrownBy(() -> login(null)).isInstanceOf(IOException.class).hasMessageContaining("anneal login");
    }

    private Login login(@Nullable String url) throws IOException {
        return Login.of(url, environment);
    }

    private void keep(String url, String key) throws IOException {
        Path file = Login.file(environment);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "{\"url\": \"%s\", \"key\": \"%s\"}".formatted(url, key));
    }
}
