package dev.anneal.service.export;

import dev.anneal.service.refusal.Refusal;
import dev.anneal.service.refusal.RefusalCode;
import dev.anneal.service.request.StrictObject;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a client wants exported.
 *
 * @param checkpointId null for the job's newest checkpoint
 * @param dtype of merged weights: {@code base} (the base model's own) or a type by torch's name
 * @param name the client's name for it, or null
 */
public record ExportRequest(
        ExportKind kind,
        @Nullable String checkpointId,
        String dtype,
        @Nullable String name) {

    private static final List<String> DTYPES = List.of("base", "float32", "bfloat16", "float16");
    private static final List<String> KINDS_TO_COME = List.of("gguf", "draft");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** Reads the body of {@code POST …/exports}. */
    public static ExportRequest read(StrictObject body) {
        String kind = body.requiredText("kind");
        if (KINDS_TO_COME.contains(kind)) {
            throw new Refusal(
                    RefusalCode.NOT_SUPPORTED,
                    "'kind' is '" + kind + "', which this version does not make yet; use one of "
                            + String.join(", ", ExportKind.wireNames()),
                    "kind");
        }
        if (!ExportKind.wireNames().contains(kind)) {
            throw body.invalid("kind", "must be one of " + String.join(", ", ExportKind.wireNames()), kind);
        }
        return read(body, ExportKind.ofWire(kind));
    }

    /** Reads the body of {@code POST …/merge}, which may be empty. */
    public static ExportRequest readMerge(StrictObject body) {
        return read(body, ExportKind.MERGED);
    }

    private static ExportRequest read(StrictObject body, ExportKind kind) {
        String checkpoint = body.text("checkpoint");
        String dtype = body.choice("dtype", DTYPES);
        String name = body.text("name");
        body.refuseOthers();
        if (name != null && !NAME.matcher(name).matches()) {
            throw body.invalid(
                    "name", "must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit", name);
        }
        return new ExportRequest(kind, checkpoint, dtype == null ? "base" : dtype, name);
    }
}
