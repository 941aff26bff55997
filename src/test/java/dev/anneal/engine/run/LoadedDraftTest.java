package dev.anneal.engine.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A draft of rollouts that cannot be used is left out, and the job's events say why. */
class LoadedDraftTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private final List<Progress> told = new ArrayList<>();

    @Test
    void aDraftWhoseFilesAreDamagedIsLeftOut() throws IOException {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint-3"));
        Files.writeString(checkpoint.resolve("state.json"), "{");

        load(checkpoint, ElementType.BFLOAT16);

        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Progress.Warning.class,
                        warning -> assertThat(warning.message())
                                .startsWith(
                                        "The draft of the rollouts is left out, without which they are the same and take longer: ")
                                .contains("checkpoint-3: state.json cannot be read")
                                .doesNotContain(folder.toString()));
    }

    /** Where a product's bits depend on its rows, a draft would change what is sampled. */
    @Test
    void inFp32NoneIsLoaded() throws IOException {
        load(folder, ElementType.FLOAT32);

        assertThat(told)
                .singleElement()
                .isInstanceOfSatisfying(
                        Progress.Note.class,
                        note -> assertThat(note.message())
                                .contains("rollouts draft only in bf16, from a base that is not in 4 bits, on a CPU"));
    }

    private void load(Path checkpoint, ElementType precision) throws IOException {
        TrainTask plain = Tasks.reinforce(folder.resolve("attempt"), null, Tasks.onThreads(2));
        TrainTask task = new TrainTask(
                plain.model(),
                plain.machine(),
                plain.templateTime(),
                plain.trainingFile(),
                plain.validationFile(),
                plain.adapter(),
                plain.settings(),
                plain.attemptDirectory(),
                null,
                null,
                new ServedModel(Tasks.MODEL, checkpoint.toString()),
                null,
                null,
                0,
                null);
        try (DecoderModel policy = DecoderModel.load(Path.of(Tasks.MODEL.directory()), precision, "cpu");
                LoadedDraft draft = LoadedDraft.of(task, policy, told::add)) {
            assertThat(draft).isNull();
        }
    }
}
