package dev.anneal.engine.run;

import static dev.anneal.engine.run.EngineReplies.answer;
import static dev.anneal.engine.run.EngineReplies.ended;
import static dev.anneal.engine.run.EngineReplies.refusal;
import static dev.anneal.engine.run.EngineReplies.replies;
import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.format.file.Sha256;
import dev.anneal.engine.network.generate.GoldenAnswers;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.engine.train.state.CheckpointState;
import dev.anneal.engine.train.state.TrainedTokens;
import dev.anneal.protocol.AdapterSettings;
import dev.anneal.protocol.Command;
import dev.anneal.protocol.ExitCode;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.ServeReply;
import dev.anneal.protocol.ServeRequest;
import dev.anneal.protocol.ServeTask;
import dev.anneal.protocol.ServedModel;
import dev.anneal.protocol.Task;
import dev.anneal.protocol.TrainTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that serves: golden answers of a base model and its adapter at every beta, beside each other, and how
 * requests are refused.
 */
class ServingIT {

    private static final int NEW_TOKENS = 32;

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void goldenAnswersOfBaseAndAdaptersComeFromOneProcess() throws Exception {
        GoldenAnswers golden = GoldenAnswers.of("llama-tied");
        Task.BaseModel base = new Task.BaseModel(
                "llama-tied", null, golden.model().toAbsolutePath().toString());
        List<List<Integer>> prompts = golden.expected("prompt");
        try (EngineChild engine = start(new ServeTask.Limits(1, 3, 4, 512, 0, 600));
                ModelTokenizer tokenizer = ModelTokenizer.open(golden.model())) {
            long id = 0;
            for (String beta : List.of("1", "0.5", "0")) {
                String checkpoint =
                        checkpoint(golden, base, Double.parseDouble(beta)).toString();
                for (List<Integer> prompt : prompts) {
                    engine.send(generate(id++, base, checkpoint, new ServeRequest.Input.Tokens(prompt), NEW_TOKENS));
                }
            }
            for (List<Integer> prompt : prompts) {
                engine.send(generate(id++, base, null, new ServeRequest.Input.Tokens(prompt), NEW_TOKENS));
            }
            long next = 0;
            for (String key : List.of("beta_1", "beta_0.5", "beta_0", "base")) {
                for (List<Integer> expected : golden.expected(key)) {
                    assertThat(answer(engine, next++)).as(key).isEqualTo(textOf(tokenizer, expected));
                }
            }
            engine.send(Command.STOP);
            engine.assertEnds(ExitCode.DONE.code());
        }
    }

    @Test
    void requestsAreRefusedOneByOne() throws Exception {
        try (EngineChild engine = start(new ServeTask.Limits(1, 1, 2, 512, 0, 600))) {
            Task.BaseModel absent =
                    new Task.BaseModel("absent", null, folder.resolve("absent").toString());
            engine.send(generate(1, absent, null, new ServeRequest.Input.Text("a"), 4));
            engine.send(generate(2, Tasks.MODEL, null, new ServeRequest.Input.Text("a"), 4000));
            engine.send(generate(3, Tasks.MODEL, null, new ServeRequest.Input.Tokens(List.of(99_999)), 4));
            engine.send(generate(4, Tasks.MODEL, null, new ServeRequest.Input.Chat("{\"messages\": [{}]}"), 4));
            engine.send(generate(
                    5,
                    Tasks.MODEL,
                    null,
                    new ServeRequest.Input.Chat("{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}"),
                    4));

            assertThat(refusal(engine, 1).code()).isEqualTo("base_model_unreadable");
            assertThat(refusal(engine, 2).code()).isEqualTo("context_length_exceeded");
            assertThat(refusal(engine, 2).message()).contains("512").contains("4,000");
            assertThat(refusal(engine, 3).message()).contains("99999");
            assertThat(refusal(engine, 4).message()).contains("$.messages[0].role");
            assertThat(ended(engine, 5).reason()).isIn("stop", "length");
        }
    }

    @Test
    void whatIsWrongWithFilesIsSaidWithoutWhereTheyLie() throws Exception {
        Path cut = Files.createDirectory(folder.resolve("cut"));
        Files.copy(Path.of(Tasks.MODEL.directory(), "config.json"), cut.resolve("config.json"));
        Files.writeString(cut.resolve("model.safetensors"), "cut");
        Path damaged = Files.createDirectory(folder.resolve("checkpoint-8"));
        try (EngineChild engine = start(new ServeTask.Limits(1, 1, 2, 512, 0, 600))) {
            ServeRequest.Input text = new ServeRequest.Input.Text("a");
            engine.send(generate(1, new Task.BaseModel("cut", null, cut.toString()), null, text, 4));
            engine.send(generate(2, Tasks.MODEL, damaged.toString(), text, 4));

            assertThat(refusal(engine, 1).code()).isEqualTo("base_model_unreadable");
            assertThat(refusal(engine, 1).message()).startsWith("model.safetensors: must begin with 8 bytes");
            assertThat(refusal(engine, 2))
                    .isEqualTo(new ServeReply.Refused("checkpoint_damaged", "checkpoint-8: has no state.json"));
        }
    }

    /** Its slot would be taken for the rest of the context otherwise. */
    @Test
    void aCancelledRequestSaysNothingMore() throws Exception {
        try (EngineChild engine = start(new ServeTask.Limits(1, 1, 1, 1024, 0, 600))) {
            engine.send(generate(1, Tasks.MODEL, null, new ServeRequest.Input.Text("a"), 1000));
            engine.await(
                    Progress.Replied.class, said -> said.request() == 1 && said.reply() instanceof ServeReply.Text);
            engine.send(new ServeRequest.Cancel(1));
            engine.send(generate(2, Tasks.MODEL, null, new ServeRequest.Input.Text("b"), 4));
            ended(engine, 2);

            assertThat(replies(engine, 1)).noneMatch(ServeReply.Ended.class::isInstance);
        }
    }

    /** There is room for one. */
    @Test
    void modelsMakeRoomForOneAnotherUnlessTheyAreInUse() throws Exception {
        Task.BaseModel golden = new Task.BaseModel(
                "llama-tied",
                null,
                GoldenAnswers.of("llama-tied").model().toAbsolutePath().toString());
        ServeRequest.Input prompt = new ServeRequest.Input.Tokens(List.of(5, 6, 7));
        try (EngineChild engine = start(new ServeTask.Limits(1, 1, 4, 512, 0, 600))) {
            engine.send(sampled(1, golden, 4));
            engine.await(
                    Progress.Replied.class, said -> said.request() == 1 && said.reply() instanceof ServeReply.Text);
            engine.send(generate(2, Tasks.MODEL, null, prompt, 4));
            assertThat(refusal(engine, 2).code()).isEqualTo("queue_full");

            engine.send(new ServeRequest.Cancel(1));
            engine.send(generate(3, Tasks.MODEL, null, prompt, 4));
            assertThat(ended(engine, 3).tokens().completion()).isPositive();
            engine.send(generate(4, golden, null, prompt, 4));
            assertThat(ended(engine, 4).tokens().completion()).isPositive();
        }
    }

    /** Long answers of random tokens, of which hardly all end at once. */
    private static ServeRequest sampled(long id, Task.BaseModel base, int choices) {
        return new ServeRequest.Generate(
                id,
                new ServedModel(base, null),
                null,
                false,
                "tenant",
                new ServeRequest.Input.Tokens(List.of(5, 6, 7)),
                null,
                new ServeRequest.Decoding(choices, 500, 2, 0, 1, 0, 0, List.of(), List.of(), null),
                Instant.EPOCH);
    }

    private EngineChild start(ServeTask.Limits limits) throws IOException {
        return EngineChild.start(new ServeTask(Tasks.onThreads(2), limits), folder.resolve("work"));
    }

    private static ServeRequest generate(
            long id, Task.BaseModel base, @Nullable String checkpoint, ServeRequest.Input input, int tokens) {
        return new ServeRequest.Generate(
                id,
                new ServedModel(base, checkpoint),
                null,
                false,
                "tenant",
                input,
                null,
                new ServeRequest.Decoding(1, tokens, 0, 0, 1, 0, 0, List.of(), List.of(), null),
                Instant.parse("2026-03-05T07:08:09Z"));
    }

    /** A checkpoint that holds the golden adapter. */
    private Path checkpoint(GoldenAnswers golden, Task.BaseModel base, double beta) throws IOException {
        Path checkpoint = Files.createDirectory(folder.resolve("checkpoint-" + beta));
        Files.copy(golden.adapter(), checkpoint.resolve("adapter.safetensors"));
        Files.writeString(checkpoint.resolve("optimizer.safetensors"), "not read");
        TrainTask any = Tasks.train(folder, null);
        AdapterSettings adapter = new AdapterSettings(
                golden.adapterConfig().rank(),
                golden.adapterConfig().alpha(),
                0,
                List.of("all-linear"),
                false,
                golden.file().path("activation").asString(),
                new AdapterSettings.Schedule("linear", 0, 0.8));
        CheckpointState state = new CheckpointState(
                1,
                2,
                beta,
                "fp32",
                TrainedTokens.NONE,
                null,
                null,
                adapter,
                any.settings(),
                new BaseModelFiles(base, Tasks.onThreads(1)).fingerprint(),
                null,
                "none",
                Map.of(
                        "adapter.safetensors", Sha256.of(checkpoint.resolve("adapter.safetensors")),
                        "optimizer.safetensors", Sha256.of(checkpoint.resolve("optimizer.safetensors"))));
        Files.write(
                checkpoint.resolve("state.json"),
                JsonMapper.builder()
                        .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                        .build()
                        .writeValueAsBytes(state));
        return checkpoint;
    }

    /** The tokens before the model's own end, which golden answers go beyond. */
    private static String textOf(ModelTokenizer tokenizer, List<Integer> tokens) {
        int[] kept = tokens.stream()
                .takeWhile(token -> !tokenizer.endIds().contains(token))
                .mapToInt(Integer::intValue)
                .toArray();
        return tokenizer.decode(kept, true);
    }
}
