package dev.anneal.engine.run;

import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.objective.TokenRows;
import dev.anneal.engine.network.torch.ElementType;
import dev.anneal.engine.network.torch.Tensor;
import dev.anneal.engine.network.torch.TensorScope;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's side of {@code bench/fidelity.py}: computes in fp32 with the model of a folder, writes the logits of
 * every position of each prompt (fp32, little-endian, prompt after prompt) and prints the greedy answers as one JSON
 * line.
 *
 * <p>Arguments: model directory, file of prompts (one array of token ids a line), file for the logits, tokens of an
 * answer.
 */
final class ModelAnswers {

    private ModelAnswers() {}

    public static void main(String[] arguments) throws IOException {
        List<int[]> prompts = Files.readAllLines(Path.of(arguments[1])).stream()
                .map(line -> JsonMapper.shared().readValue(line, int[].class))
                .toList();
        try (DecoderModel model = DecoderModel.load(Path.of(arguments[0]), ElementType.FLOAT32, "cpu")) {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(Path.of(arguments[2])))) {
                for (int[] prompt : prompts) {
                    out.write(logits(model, prompt));
                }
            }
            Decoder decoder = new Decoder(
                    new IncrementalDecoder(model),
                    model.noAdapter(),
                    Set.of(),
                    new BatchWidth(Runtime.getRuntime().availableProcessors()));
            List<int[]> answers = decoder.answerGreedily(prompts, Integer.parseInt(arguments[3]), () -> {});
            System.out.println(JsonMapper.shared().writeValueAsString(answers));
        }
    }

    private static byte[] logits(DecoderModel model, int[] prompt) {
        try (TensorScope scope = model.scope().child()) {
            Tensor hidden = model.hiddenStates(
                            scope, TokenRows.of(List.of(prompt)), model.noAdapter(), List.of(), () -> {})
                    .last();
            float[] values = model.logits(
                            scope, hidden, LongStream.range(0, prompt.length).toArray())
                    .toFloats();
            ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            bytes.asFloatBuffer().put(values);
            return bytes.array();
        }
    }
}
