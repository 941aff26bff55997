package dev.anneal.protocol;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Makes deployable weights from a checkpoint or an uploaded adapter, and proves that they are the trained model.
 *
 * @param exportId id of the export, for the manifest
 * @param kind {@code merged}, {@code adapter}, {@code gguf}, {@code draft} or {@code training_state}
 * @param dtype of merged weights and of drafts: {@code base} (the base model's), {@code float32}, {@code bfloat16} or
 *     {@code float16}; of a GGUF file {@code f32}, {@code f16}, {@code bf16} or {@code q8_0}
 * @param format format of a draft; null for other kinds
 * @param training training that wrote the checkpoint
 * @param checkpointDirectory absolute path of the checkpoint folder to export; null for an uploaded adapter
 * @param targetCheckpoint absolute path of the checkpoint folder of a head's tuned target; null if its target is the
 *     base model, and for other exports
 * @param adapterArchive absolute path of an uploaded archive of a PEFT folder to export; null for a checkpoint
 * @param probeFile JSONL file whose first rows are added to the probe prompts, or null
 * @param shardBytes maximum size of a file of merged weights
 * @param outputDirectory absolute path of a folder that does not exist yet; {@code manifest.json} is written last. If
 *     its name ends in {@code -<number>}, complete files of attempts with smaller numbers beside it are reused
 */
public record ExportTask(
        BaseModel model,
        Machine machine,
        Instant templateTime,
        String exportId,
        String kind,
        String dtype,
        @Nullable DraftFormat format,
        TrainingRecord training,
        @Nullable String checkpointDirectory,
        @Nullable String targetCheckpoint,
        @Nullable String adapterArchive,
        @Nullable String probeFile,
        long shardBytes,
        String outputDirectory)
        implements ModelTask {}
