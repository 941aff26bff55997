package dev.anneal.service.platform.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.penetration.Penetration;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What is sealed opens with its key and in its place alone. */
class SecretsTest {

    private static final String OLD = "old:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static final String NEW = "new:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHgA=";
    private static final SealedColumn COLUMN = new SealedColumn("endpoint", "id", "secret");

    private static Secrets secrets(String... keys) {
        return Secrets.of(new SecretProperties(List.of(keys)));
    }

    @Test
    void whatIsSealedOpens() {
        SealedText sealed = secrets(OLD).seal(COLUMN, "1", "whsec_ä");
        assertThat(sealed.stored()).startsWith("v1.old.").doesNotContain("whsec");
        assertThat(secrets(OLD).open(COLUMN, "1", SealedText.parse(sealed.stored())))
                .isEqualTo("whsec_ä");
        assertThat(secrets(OLD).seal(COLUMN, "1", "whsec_ä")).isNotEqualTo(sealed);
        assertThat(sealed.toString()).isEqualTo("secret sealed by old");
    }

    @Test
    void theFirstKeySealsAndAllOpen() {
        SealedText sealed = secrets(OLD).seal(COLUMN, "1", "s");
        Secrets both = secrets(NEW, OLD);
        assertThat(both.open(COLUMN, "1", sealed)).isEqualTo("s");
        assertThat(both.seal(COLUMN, "1", "s").keyId()).isEqualTo("new");
        assertThatThrownBy(() -> secrets(NEW).open(COLUMN, "1", sealed))
                .hasMessage("the key 'old' of endpoint.secret/1 is not among anneal.secrets.keys");
    }

    @Penetration
    @Test
    void nothingOpensElsewhere() {
        SealedText sealed = secrets(OLD).seal(COLUMN, "1", "s");
        assertThatThrownBy(() -> secrets(OLD).open(COLUMN, "2", sealed)).hasMessageContaining("cannot be decrypted");
        assertThatThrownBy(() -> secrets(OLD).open(new SealedColumn("endpoint", "id", "previous_secret"), "1", sealed))
                .hasMessageContaining("cannot be decrypted");
        String otherKeyOfThatId = NEW.replace("new:", "old:");
        assertThatThrownBy(() -> secrets(otherKeyOfThatId).open(COLUMN, "1", sealed))
                .hasMessageContaining("the key with this id is another one");
        SealedText shortened = new SealedText("old", "AAAA");
        assertThatThrownBy(() -> secrets(OLD).open(COLUMN, "1", shortened)).hasMessageContaining("too short");
    }

    @Test
    void withoutKeysNothingIsStored() {
        assertThatThrownBy(() -> secrets().seal(COLUMN, "1", "s"))
                .isInstanceOfSatisfying(
                        Refusal.class, e -> assertThat(e.code()).isEqualTo(RefusalCode.SECRETS_NOT_CONFIGURED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "k", "k:", ":AAAA", "k:AAAA", "k k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "k:!!"})
    void keysAreWellFormed(String entry) {
        assertThatThrownBy(() -> secrets(OLD, entry))
                .hasMessageStartingWith("anneal.secrets.keys[1] must be an id")
                .hasMessageNotContaining("AAECAw");
        assertThatThrownBy(() -> secrets(OLD, OLD)).hasMessageContaining("two keys with the id 'old'");
    }

    @Penetration
    @Test
    void propertiesCanBeSetAndAreNotShown() {
        SecretProperties properties = new Binder(
                        new MapConfigurationPropertySource(Map.of("anneal.secrets.keys", NEW + "," + OLD)))
                .bindOrCreate("anneal.secrets", SecretProperties.class);
        assertThat(properties).isEqualTo(new SecretProperties(List.of(NEW, OLD)));
        assertThat(properties.toString()).isEqualTo("SecretProperties[2 keys]");
        assertThat(new Binder(new MapConfigurationPropertySource(Map.of()))
                        .bindOrCreate("anneal.secrets", SecretProperties.class)
                        .keys())
                .isEmpty();
    }

    @Test
    void theEmbeddedKeyIsMadeOnceAndPrivate(@TempDir Path home) throws IOException {
        Path file = home.resolve("new/secrets.key");
        String made = KeyFile.read(file);
        assertThat(KeyFile.read(file)).isEqualTo(made).startsWith("embedded:");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(home.resolve("new").toFile().list()).containsExactly("secrets.key");
        assertThat(secrets(made).seal(COLUMN, "1", "s").keyId()).isEqualTo("embedded");
    }
}
