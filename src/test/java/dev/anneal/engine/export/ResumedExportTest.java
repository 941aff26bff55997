package dev.anneal.engine.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stopped export has made whole is kept by the next attempt, if it was to be the same export. */
class ResumedExportTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private final List<String> kept = new ArrayList<>();

    @Test
    void nextAttemptMakesTheRestAndTheSameBytes() throws IOException {
        ExportFixture fixture = ExportFixture.of("silu");
        export(fixture, "merged", "base", "whole-1", Integer.MAX_VALUE);
        stopped(fixture, "merged", "base", "e-1", 12);
        export(fixture, "merged", "base", "e-2", Integer.MAX_VALUE);

        assertThat(kept).containsExactly("2 of 5");
        assertSame("e-2", "whole-1");
        assertThat(folder).isDirectoryNotContaining("glob:**.e-*");
    }

    @Test
    void wholeGgufFileIsKeptAndProvedAgain() throws IOException {
        ExportFixture fixture = ExportFixture.of("silu");
        export(fixture, "gguf", "q8_0", "whole-1", Integer.MAX_VALUE);
        stopped(fixture, "gguf", "q8_0", "e-1", 30);
        export(fixture, "gguf", "q8_0", "e-2", Integer.MAX_VALUE);

        assertThat(kept).containsExactly("1 of 1");
        assertSame("e-2", "whole-1");
    }

    @Test
    void shardsOfAnotherTypeOrAdapterAreMadeAgain() throws IOException {
        ExportFixture fixture = ExportFixture.of("silu");
        stopped(fixture, "merged", "float32", "e-1", 20);
        stopped(fixture, "merged", "bfloat16", "e-2", 20);
        export(ExportFixture.of("relu"), "merged", "bfloat16", "e-3", Integer.MAX_VALUE);

        assertThat(kept).hasSize(2).allMatch(line -> line.startsWith("0 of "));
        assertThat(ExportFixture.differenceFrom(folder.resolve("e-3"), "relu", "logits_merged"))
                .isLessThan(0.1);
    }

    /**
     * A process whose lease is lost may begin late: it takes nothing from those after it, and others' exports are
     * others'.
     */
    @Test
    void laterAttemptsAndOtherExportsAreLeftAlone() throws IOException {
        ExportFixture fixture = ExportFixture.of("silu");
        stopped(fixture, "merged", "base", "e-3", 12);
        stopped(fixture, "merged", "base", "f-1", 12);
        export(fixture, "merged", "base", "e-2", Integer.MAX_VALUE);

        assertThat(kept).isEmpty();
        assertThat(folder).isDirectoryContaining("glob:**.e-3.incomplete-*");
        assertThat(folder).isDirectoryContaining("glob:**.f-1.incomplete-*");
    }

    private void stopped(ExportFixture fixture, String kind, String dtype, String name, int parts) {
        assertThatThrownBy(() -> export(fixture, kind, dtype, name, parts)).isInstanceOf(CancellationException.class);
        assertThat(folder.resolve(name)).doesNotExist();
    }

    /** @param parts between which the export is heard of before it is stopped */
    private void export(ExportFixture fixture, String kind, String dtype, String name, int parts) throws IOException {
        int[] heard = {0};
        Runnable stop = () -> {
            if (heard[0]++ == parts) {
                throw new CancellationException("stopped");
            }
        };
        ExportInputs request = ExportFixture.request(kind, dtype, ExportFixture.TRAINING, 100_000, stop, event -> {
            Progress.PartsKept found = (Progress.PartsKept) event;
            kept.add(found.kept() + " of " + found.total());
        });
        new Exporter(fixture.base(), fixture.adapter(), null).export(request, folder.resolve(name));
    }

    private void assertSame(String name, String other) throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve(other))) {
            for (Path file : files.toList()) {
                assertThat(folder.resolve(name).resolve(file.getFileName())).hasSameBinaryContentAs(file);
            }
        }
    }
}
