package dev.anneal.service.platform.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a user's processes share what they unpack. #17 */
class CacheConfigurationTest {

    @TempDir
    private Path folder;

    private Path home;

    @BeforeEach
    void make() throws IOException {
        home = Files.createDirectory(folder.resolve("user"));
    }

    @Test
    void itIsTheUsersCacheFolder() {
        assertThat(engine(null, "", home)).isEqualTo(home.resolve(".cache/anneal/engine"));
        assertThat(engine(null, "", home).getParent()).isDirectory();
    }

    @Test
    void theDesktopsVariableGoesFirst() {
        assertThat(engine(null, folder.resolve("xdg").toString(), home)).isEqualTo(folder.resolve("xdg/anneal/engine"));
        assertThat(engine(null, "relative", home)).isEqualTo(home.resolve(".cache/anneal/engine"));
    }

    @Test
    void theSettingGoesBeforeAll() {
        assertThat(engine(
                        folder.resolve("own").toString(), folder.resolve("xdg").toString(), home))
                .isEqualTo(folder.resolve("own/engine"));
    }

    @Test
    void aUserWithoutAFolderToWriteToUsesTheInstallations() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThat(engine(null, "", file)).isEqualTo(folder.resolve("installation/cache/engine"));
        assertThat(engine(null, "", Path.of("?"))).isEqualTo(folder.resolve("installation/cache/engine"));
    }

    @Test
    void aSettingThatCannotBeUsedIsSaid() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertThatThrownBy(() -> engine(file.toString(), "", home))
                .hasMessageContaining("anneal.cache-directory")
                .hasMessageContaining(file.toString());
    }

    private Path engine(@Nullable String setting, String caches, Path userHome) {
        return new CacheConfiguration()
                .sharedCache(
                        new SharedCacheProperties(setting), caches, userHome.toString(), folder.resolve("installation"))
                .engine();
    }
}
