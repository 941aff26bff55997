package dev.anneal.engine.run;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.protocol.Command;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.GradingQuestion;
import dev.anneal.protocol.GradingReply;
import dev.anneal.protocol.GradingReply.Answer;
import dev.anneal.protocol.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real engine processes whose graders ask; the test is their supervisor. */
class AskingEngineIT {

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    private EngineChild start(String name, @Nullable Path resumeFrom) throws IOException {
        Path prompts = folder.resolve("prompts.jsonl");
        Files.writeString(
                prompts,
                "{\"messages\": [{\"role\": \"user\", \"content\": \"What is 17 + 25?\"}], \"answer\": 42}\n"
                        .repeat(4));
        return EngineChild.start(
                Tasks.gradedByEndpoint(prompts, folder.resolve(name), resumeFrom), folder.resolve(name + "-work"));
    }

    private static void answer(EngineChild engine, Progress.Asked asked) throws IOException {
        List<Answer> scores = ((GradingQuestion.OfEndpoint) asked.asked())
                .completions().stream()
                        .map(each -> new Answer(null, each.outputText().hashCode() % 7 / 7.0, 0, null))
                        .toList();
        engine.send(new GradingReply(asked.id(), scores));
    }

    /** Answers the questions of the steps up to {@code last}. */
    private static void answerTo(EngineChild engine, int last) throws Exception {
        for (int number = 1; number <= last; number++) {
            int wanted = number;
            answer(engine, engine.await(Progress.Asked.class, asked -> asked.id() == wanted));
        }
    }

    @Test
    void aStopWhileAnAnswerIsAwaitedSavesWhatWasDoneAndTheTrainingGoesOnFromThere() throws Exception {
        Path saved;
        try (EngineChild engine = start("first", null)) {
            answerTo(engine, 3);
            engine.await(Progress.Asked.class, asked -> asked.id() == 4);
            long stopped = System.nanoTime();
            engine.send(Command.STOP);
            engine.assertEnds(ExitCode.GIVEN_BACK.code());
            assertThat(System.nanoTime() - stopped).isLessThan(10_000_000_000L);
            Progress.CheckpointSaved checkpoint = engine.last(Progress.CheckpointSaved.class);
            assertThat(checkpoint.step()).isEqualTo(3);
            saved = Path.of(checkpoint.directory());
        }
        try (EngineChild engine = start("second", saved)) {
            Progress.Asked asked = engine.await(Progress.Asked.class, question -> question.id() == 1);
            assertThat(((GradingQuestion.OfEndpoint) asked.asked()).headers()).containsValue(Tasks.SECRET);
            answerTo(engine, Tasks.STEPS - 3);
            engine.assertEnds(ExitCode.DONE.code());
            assertThat(engine.last(Progress.Step.class).step()).isEqualTo(Tasks.STEPS);
            assertThat(engine.last(Progress.Step.class).ofMethod()).containsKeys("reward", "rewards/there/mean");
        }
    }

    @Test
    void whatIsSentAlongToAnEndpointIsInNoFileOfACheckpointOrItsExport() throws Exception {
        Path saved;
        try (EngineChild engine = start("trained", null)) {
            answerTo(engine, 2);
            saved = Path.of(engine.await(Progress.CheckpointSaved.class, checkpoint -> checkpoint.step() == 2)
                    .directory());
        }
        Path exported = folder.resolve("exported");
        try (EngineChild engine = EngineChild.start(
                Tasks.export("training_state", "base", saved, exported), folder.resolve("export-work"))) {
            engine.assertEnds(ExitCode.DONE.code());
        }

        assertThat(exported.resolve("state.json")).content().contains("https://grader.example/", "Authorization");
        for (Path files : List.of(saved, exported)) {
            try (Stream<Path> all = Files.list(files)) {
                assertThat(all)
                        .allSatisfy(file ->
                                assertThat(Files.readString(file, ISO_8859_1)).doesNotContain(Tasks.SECRET));
            }
        }
    }
}
