package dev.anneal.engine.run;

import static dev.anneal.engine.run.EngineReplies.answer;
import static dev.anneal.engine.run.EngineReplies.ended;
import static dev.anneal.engine.run.EngineReplies.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.SystemTest;
import dev.anneal.engine.network.generate.GoldenAnswers;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests with a draft in a real engine process: the same texts, counted tokens, and models that come and go. */
@SystemTest
class DraftServingIT {

    private static final int NEW_TOKENS = 40;
    private static final ServedModel TARGET = new ServedModel(Tasks.MODEL, null);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    /** The target's own weights in another folder. */
    @SuppressWarnings("NullAway.Init") // set before each test
    private ServedModel draft;

    @BeforeEach
    void copy() throws IOException {
        Path copy = Files.createDirectory(folder.resolve("draft"));
        try (Stream<Path> files = Files.list(Path.of(Tasks.MODEL.directory()))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(String.valueOf(file.getFileName())));
            }
        }
        draft = new ServedModel(new Task.BaseModel("draft", null, copy.toString()), null);
    }

    @Test
    void answersAreThoseWithoutADraft() throws Exception {
        try (EngineChild engine = start(2)) {
            for (int i = 0; i < 8; i++) {
                engine.send(request(i, null, i));
            }
            for (int i = 0; i < 8; i++) {
                engine.send(request(10 + i, draft, i));
            }
            for (int i = 0; i < 8; i++) {
                assertThat(answer(engine, 10 + i)).isEqualTo(answer(engine, i));
            }
            // How many are drafted depends on the times of steps, and at first all are tried.
            int accepted = 0;
            for (int i = 0; i < 8; i++) {
                ServeReply.TokenCounts tokens = ended(engine, 10 + i).tokens();
                accepted += tokens.acceptedDraft();
                assertThat(tokens.completion())
                        .isEqualTo(ended(engine, i).tokens().completion());
            }
            assertThat(accepted).isPositive();
        }
    }

    @Test
    void aDraftWithAnotherVocabularyIsRefused() throws Exception {
        ServedModel other = new ServedModel(
                new Task.BaseModel(
                        "llama-tied",
                        null,
                        GoldenAnswers.of("llama-tied").model().toAbsolutePath().toString()),
                null);
        try (EngineChild engine = start(2)) {
            engine.send(request(1, other, 1));

            assertThat(refusal(engine, 1).code()).isEqualTo("draft_mismatch");
            assertThat(refusal(engine, 1).message()).contains("llama-tied", "anneal-tiny", "vocabulary");
            requireLeftOut(engine, other);
        }
    }

    @Test
    void aDraftWhoseFilesAreDamagedIsRefusedOnlyIfItIsRequired() throws Exception {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint-3"));
        Files.writeString(checkpoint.resolve("state.json"), "{");
        ServedModel damaged = new ServedModel(Tasks.MODEL, checkpoint.toString());
        try (EngineChild engine = start(2)) {
            engine.send(request(1, damaged, 1));

            assertThat(refusal(engine, 1).code()).isEqualTo("draft_mismatch");
            assertThat(refusal(engine, 1).message())
                    .contains("the draft cannot be used: checkpoint-3: state.json cannot be read")
                    .doesNotContain(folder.toString());
            requireLeftOut(engine, damaged);
        }
    }

    /** A default draft that cannot be used costs time, and no answer. */
    private static void requireLeftOut(EngineChild engine, ServedModel unusable) throws Exception {
        engine.send(generate(2, TARGET, unusable, false, ticket(1), 1));
        engine.send(request(3, null, 1));

        assertThat(answer(engine, 2)).isEqualTo(answer(engine, 3));
    }

    /** Target and draft need a place each, and a draft changes no answer. */
    @Test
    void aRequestIsAnsweredWithoutItsDraftIfThereIsNoRoomForIt() throws Exception {
        try (EngineChild engine = start(1)) {
            engine.send(request(1, draft, 1));
            engine.send(request(2, null, 1));

            assertThat(answer(engine, 1)).isEqualTo(answer(engine, 2));
        }
    }

    /** Cancelled answers are still computed for a moment when their draft's place is needed. */
    @Test
    void draftsGoOnceNoAnswerNeedsThem() throws Exception {
        ServedModel third = new ServedModel(
                new Task.BaseModel(
                        "llama-tied",
                        null,
                        GoldenAnswers.of("llama-tied").model().toAbsolutePath().toString()),
                null);
        try (EngineChild engine = start(2)) {
            for (int round = 0; round < 5; round++) {
                int id = 10 * round;
                engine.send(request(id, draft, round));
                engine.send(request(id + 1, null, round));
                assertThat(answer(engine, id)).isEqualTo(answer(engine, id + 1));
                engine.send(request(id + 2, draft, round));
                engine.send(new ServeRequest.Cancel(id + 2));
                engine.send(generate(id + 3, third, null, new ServeRequest.Input.Tokens(List.of(5, 6, 7)), 1));
                assertThat(ended(engine, id + 3).tokens().completion()).isPositive();
            }
        }
    }

    private EngineChild start(int models) throws IOException {
        return EngineChild.start(
                new ServeTask(Tasks.onThreads(2), new ServeTask.Limits(models, 1, 4, 512, 0, 600)),
                folder.resolve("work"));
    }

    private static ServeRequest request(long id, @Nullable ServedModel draft, int seed) {
        return generate(id, TARGET, draft, ticket(seed), seed);
    }

    private static ServeRequest.Input ticket(int seed) {
        return new ServeRequest.Input.Text("Ticket " + seed + ": the printer");
    }

    /** Every other one is greedy. */
    private static ServeRequest generate(
            long id, ServedModel model, @Nullable ServedModel draft, ServeRequest.Input input, int seed) {
        return generate(id, model, draft, true, input, seed);
    }

    private static ServeRequest generate(
            long id,
            ServedModel model,
            @Nullable ServedModel draft,
            boolean isRequired,
            ServeRequest.Input input,
            int seed) {
        return new ServeRequest.Generate(
                id,
                model,
                draft,
                isRequired,
                "tenant",
                input,
                null,
                new ServeRequest.Decoding(1, NEW_TOKENS, seed % 2, 0, 1, 0, seed, List.of(), List.of(), null),
                Instant.EPOCH);
    }
}
