package dev.anneal.engine.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.Progress;
import dev.anneal.protocol.TrainingRecord;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request for an export.
 *
 * @param id id of the export, for its manifest
 * @param kind {@code merged}, {@code adapter}, {@code gguf}, {@code draft} or {@code training_state}
 * @param dtype of merged weights and of drafts: {@code base}, {@code float32}, {@code bfloat16} or {@code float16}; of
 *     a GGUF file {@code f32}, {@code f16}, {@code bf16} or {@code q8_0}
 * @param format format of a draft; null for other kinds
 * @param training the checkpoint's training, for the card
 * @param probes token ids of prompts on which a merged model or draft is compared with base and adapter
 * @param device device on which they are compared
 * @param shardBytes maximum size of a file of merged weights, unless a single tensor is larger
 * @param betweenTensors called between parts of the work; may throw to end the export. After a {@link
 *     java.util.concurrent.CancellationException} complete files are kept for the next attempt
 * @param progress receives {@link Progress.PartsKept} if an earlier attempt left complete files
 */
public record ExportInputs(
        String id,
        String kind,
        String dtype,
        @Nullable DraftFormat format,
        TrainingRecord training,
        List<int[]> probes,
        String device,
        long shardBytes,
        Runnable betweenTensors,
        Consumer<Progress> progress) {

    public ExportInputs {
        probes = List.copyOf(probes);
    }
}
