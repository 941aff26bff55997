package dev.anneal.engine.run;

import dev.anneal.engine.TestDevice;
import dev.anneal.engine.network.architecture.ModelConfig;
import dev.anneal.engine.network.generate.BatchWidth;
import dev.anneal.engine.network.generate.Decoder;
import dev.anneal.engine.network.generate.DraftModel;
import dev.anneal.engine.network.generate.Drafting;
import dev.anneal.engine.network.generate.Prompt;
import dev.anneal.engine.network.model.DecoderModel;
import dev.anneal.engine.network.model.IncrementalDecoder;
import dev.anneal.engine.network.sampling.Answer;
import dev.anneal.engine.network.sampling.Sampling;
import dev.anneal.protocol.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine's side of {@code bench/generation.py}: continues prompts, none of which ends before it has all its tokens,
 * and prints one JSON line.
 *
 * <p>Arguments: model directory, file of prompts (one array of token ids a line), tokens of an answer, {@code greedy}
 * or {@code sampled}, {@code none}, {@code prompt_lookup}, or the directory of a draft model.
 */
final class GenerationBenchmark {

    private GenerationBenchmark() {}

    public static void main(String[] arguments) throws IOException {
        List<int[]> prompts = Files.readAllLines(Path.of(arguments[1])).stream()
                .map(line -> JsonMapper.shared().readValue(line, int[].class))
                .toList();
        boolean sampled = arguments[3].equals("sampled");
        Path directory = Path.of(arguments[0]);
        Task.Machine machine = new Task.Machine(TestDevice.NAME, 0, "auto");
        ModelConfig config = ModelConfig.read(directory.resolve("config.json"));
        boolean drafts = !List.of("none", "prompt_lookup").contains(arguments[4]);
        try (DecoderModel model = DecoderModel.load(directory, Hardware.precision(machine, config), TestDevice.NAME);
                DecoderModel small =
                        drafts ? DecoderModel.load(Path.of(arguments[4]), model.precision(), TestDevice.NAME) : null) {
            DraftModel draft = small == null ? null : new DraftModel(new IncrementalDecoder(small), small.noAdapter());
            Decoder decoder = new Decoder(
                    new IncrementalDecoder(model),
                    model.noAdapter(),
                    Set.of(),
                    new BatchWidth(machine.computeThreads()),
                    arguments[4].equals("none") ? Drafting.NONE : Drafting.MEASURED);
            decoder.answer(prompts(prompts, draft, 1, sampled), () -> {});
            long begin = System.nanoTime();
            List<Answer> answers =
                    decoder.answer(prompts(prompts, draft, Integer.parseInt(arguments[2]), sampled), () -> {});
            double seconds = (System.nanoTime() - begin) / 1e9;
            int tokens =
                    answers.stream().mapToInt(answer -> answer.tokens().length).sum();
            int steps = answers.stream().mapToInt(Answer::steps).sum();
            System.out.println(JsonMapper.shared()
                    .writeValueAsString(Map.of(
                            "tokens_per_second",
                            tokens / seconds,
                            "peak_mib",
                            StepBenchmark.peakMebibytes(),
                            "acceptance_length",
                            (double) (tokens - answers.size()) / steps,
                            "answers",
                            hash(answers))));
        }
    }

    /** Equal for equal answers. */
    private static int hash(List<Answer> answers) {
        return Arrays.deepHashCode(answers.stream().map(Answer::tokens).toArray());
    }

    private static List<Prompt> prompts(
            List<int[]> tokens, @Nullable DraftModel draft, int maxNewTokens, boolean sampled) {
        List<Prompt> prompts = new ArrayList<>();
        for (int i = 0; i < tokens.size(); i++) {
            Sampling sampling = sampled ? new Sampling(1, 0, 1, 0, i) : Sampling.GREEDY;
            prompts.add(new Prompt(tokens.get(i), new int[0], draft, maxNewTokens, sampling));
        }
        return prompts;
    }
}
