package dev.anneal.engine.run.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.grade.ExternalGraders;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.text.tokens.ModelTokenizer;
import dev.anneal.protocol.EvaluateTask;
import dev.anneal.protocol.EvaluateTask.Grading;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is told of rows as long as lines of files may be: a few of them whole would be more than a line of the protocol
 * holds.
 */
class LongRowsTest {

    private static final Path MODEL = Path.of("src/main/resources/models/anneal-tiny");
    private static final String LONG = "word ".repeat(50_000);

    @TempDir
    @SuppressWarnings("NullAway.Init") // set by JUnit
    Path folder;

    @Test
    void comparedAnswersAreToldInPart() throws IOException {
        String row =
                "{\"messages\": [{\"role\": \"user\", \"content\": \"%sasks\"}, {\"role\": \"assistant\", \"content\": \"%s\"}]}";

        Progress.Evaluated.Sample sample = sample(row.formatted(LONG, LONG), null);

        assertThat(sample.prompt()).hasSize(4000).endsWith("word asks");
        assertThat(sample.expected()).hasSize(4000).startsWith("word word");
    }

    @Test
    void gradedPromptsAreToldInPart() throws IOException {
        String row = "{\"messages\": [{\"role\": \"user\", \"content\": \"%sasks\"}]}";
        Map<String, Object> grader =
                Map.of("type", "string_check", "name", "empty", "input", "", "reference", "", "operation", "eq");

        Progress.Evaluated.Sample sample = sample(row.formatted(LONG), new Grading(grader, 1, 0, 0));

        assertThat(sample.prompt()).hasSize(4000).endsWith("word asks");
    }

    private Progress.Evaluated.Sample sample(String row, @Nullable Grading grading) throws IOException {
        Path file = Files.writeString(folder.resolve("rows.jsonl"), row + "\n");
        EvaluateTask task = new EvaluateTask(
                new Task.BaseModel("anneal-tiny", null, MODEL.toString()),
                new Task.Machine(TestDevice.NAME, 1, "fp32"),
                Instant.EPOCH,
                null,
                file.toString(),
                4,
                1,
                grading);
        try (ModelTokenizer tokenizer = ModelTokenizer.open(MODEL);
                DecoderModel model = DecoderModel.load(MODEL, ElementType.FLOAT32, TestDevice.NAME)) {
            return Evaluator.of(task, tokenizer, ExternalGraders.NONE)
                    .evaluate(model, model.noAdapter(), () -> {})
                    .samples()
                    .get(0);
        }
    }
}
