package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A device that fails, played by a program that fails with CUDA's words. In earnest the process could compute nothing
 * after it.
 */
class FailingDeviceIT {

    private static final String EMBED = "def embed(self: __torch__.Decoder, ids: Tensor, table: Tensor) -> Tensor:\n";
    private static final String WORDS = "CUDA error: device-side assert triggered";

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void aTrainingEndsWithTheFaultOfTheDevice() throws Exception {
        try (EngineChild engine = start(Tasks.train(folder, null))) {
            engine.assertEnds(ExitCode.FAILURE.code());

            Progress.Failed failed = engine.last(Progress.Failed.class);
            assertThat(failed.code()).isEqualTo("device_failed");
            assertThat(failed.message()).isEqualTo("the device failed: " + WORDS);
        }
    }

    @Test
    void aProcessThatServesRefusesTheRequestAndEnds() throws Exception {
        try (EngineChild engine =
                start(new ServeTask(Tasks.onThreads(1), new ServeTask.Limits(1, 1, 2, 512, 0, 600)))) {
            engine.send(new ServeRequest.Generate(
                    1,
                    new ServedModel(Tasks.MODEL, null),
                    null,
                    false,
                    "tenant",
                    new ServeRequest.Input.Text("a"),
                    null,
                    new ServeRequest.Decoding(1, 4, 0, 0, 1, 0, 0, List.of(), List.of(), null),
                    Instant.EPOCH));
            engine.assertEnds(ExitCode.FAILURE.code());

            assertThat(EngineReplies.refusal(engine, 1))
                    .isEqualTo(new ServeReply.Refused("device_failed", "the device failed: " + WORDS));
            assertThat(engine.last(Progress.Failed.class).code()).isEqualTo("device_failed");
        }
    }

    private EngineChild start(Task task) throws IOException {
        Path program = folder.resolve("failing/torchscript/decoder/layer.py");
        Files.createDirectories(program.getParent());
        try (InputStream own = FailingDeviceIT.class.getResourceAsStream("/torchscript/decoder/layer.py")) {
            String text = new String(Objects.requireNonNull(own).readAllBytes(), StandardCharsets.UTF_8);
            assertThat(text).contains(EMBED);
            Files.writeString(program, text.replace(EMBED, EMBED + "    assert ids.size(0) < 0, \"" + WORDS + "\"\n"));
        }
        return EngineChild.start(task, folder.resolve("work"), folder.resolve("failing"));
    }
}
