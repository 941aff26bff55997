package dev.anneal.service.results.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.request.StrictObject;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A request for an export.
 *
 * @param checkpointId null for the job's newest checkpoint
 * @param dtype element type: of merged weights and drafts {@code base} (the base model's) or torch's name of a type; of
 *     a GGUF file llama.cpp's name; {@code base} for kinds without a choice
 * @param format format of a draft; null for other kinds, and for the usual one as long as it is not known what the job
 *     trains
 * @param name the client's name for it, or null
 * @param adapter the uploaded adapter to export; null for a job's checkpoint
 */
public record ExportRequest(
        ExportKind kind,
        @Nullable String checkpointId,
        String dtype,
        @Nullable DraftFormat format,
        @Nullable String name,
        Export.@Nullable OfAdapter adapter) {

    private static final List<String> DTYPES = List.of("base", "float32", "bfloat16", "float16");
    private static final List<String> GGUF_TYPES = List.of("f32", "f16", "bf16", "q8_0");
    /** Supported by every llama.cpp, with an eighth of bf16's rounding error. */
    private static final String USUAL_GGUF_TYPE = "f16";

    private static final List<String> FORMATS =
            Arrays.stream(DraftFormat.values()).map(DraftFormat::wireName).toList();
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Reads the body of {@code POST …/exports} of a job. */
    public static ExportRequest read(StrictObject body) {
        return read(body, Arrays.asList(ExportKind.values()), null);
    }

    /** Reads the body of {@code POST /v1/fine_tuning/exports}. */
    public static ExportRequest readOfAdapter(StrictObject body) {
        String adapter = body.requiredText("adapter");
        String model = body.requiredText("model");
        String validationFile = body.text("validation_file");
        ExportRequest request =
                read(body, ExportKind.ofAdapters(), new Export.OfAdapter(adapter, model, validationFile));
        if (request.checkpointId != null) {
            throw body.invalid("checkpoint", "must be left out: an uploaded adapter has none", request.checkpointId);
        }
        if (validationFile != null && request.kind != ExportKind.MERGED) {
            throw body.invalid("validation_file", "must be left out unless kind is 'merged'", validationFile);
        }
        return request;
    }

    /**
     * @param kinds available kinds
     */
    private static ExportRequest read(StrictObject body, List<ExportKind> kinds, Export.@Nullable OfAdapter adapter) {
        List<String> names = kinds.stream().map(ExportKind::wireName).toList();
        return read(body, ExportKind.ofWire(body.requiredChoice("kind", names)), adapter);
    }

    /** Reads the body of {@code POST …/merge}, which may be empty. */
    public static ExportRequest readMerge(StrictObject body) {
        return read(body, ExportKind.MERGED, null);
    }

    private static ExportRequest read(StrictObject body, ExportKind kind, Export.@Nullable OfAdapter adapter) {
        String checkpoint = body.text("checkpoint");
        String dtype = elementType(body, kind);
        DraftFormat format = format(body, kind);
        String name = body.text("name");
        body.refuseOthers();
        if (name != null && !NAME.matcher(name).matches()) {
            throw body.invalid(
                    "name", "must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit", name);
        }
        return new ExportRequest(kind, checkpoint, dtype, format, name, adapter);
    }

    /** The same request for a format. */
    ExportRequest as(DraftFormat known) {
        return new ExportRequest(kind, checkpointId, dtype, known, name, adapter);
    }

    private static @Nullable DraftFormat format(StrictObject body, ExportKind kind) {
        String format = body.choice("format", FORMATS);
        if (format != null && kind != ExportKind.DRAFT) {
            throw body.invalid("format", "must be left out unless kind is 'draft'", format);
        }
        return format == null ? null : WireName.find(DraftFormat.class, format).orElseThrow();
    }

    private static String elementType(StrictObject body, ExportKind kind) {
        String dtype = body.choice("dtype", DTYPES);
        String ggufType = body.choice("gguf_type", GGUF_TYPES);
        if (kind == ExportKind.GGUF) {
            if (dtype != null) {
                throw body.invalid(
                        "dtype", "must be left out for kind 'gguf', whose types are those of 'gguf_type'", dtype);
            }
            return ggufType == null ? USUAL_GGUF_TYPE : ggufType;
        }
        if (ggufType != null) {
            throw body.invalid("gguf_type", "must be left out unless kind is 'gguf'", ggufType);
        }
        if (dtype != null && !kind.hasDtype()) {
            throw body.invalid("dtype", "must be left out unless kind is 'merged' or 'draft'", dtype);
        }
        return dtype == null ? "base" : dtype;
    }
}
