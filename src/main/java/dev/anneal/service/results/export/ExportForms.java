package dev.anneal.service.results.export;

import dev.anneal.protocol.DraftFormat;
import dev.anneal.protocol.TrainingMethod.SpeculativeDraft;
import dev.anneal.protocol.WireName;
import dev.anneal.service.platform.refusal.Refusal;
import dev.anneal.service.platform.refusal.RefusalCode;
import dev.anneal.service.training.job.Job;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Which kinds of exports can be made of what a job trains. */
final class ExportForms {

    /** Kinds that hold a whole model or an adapter of one. */
    private static final Set<ExportKind> OF_MODELS = EnumSet.of(ExportKind.MERGED, ExportKind.ADAPTER, ExportKind.GGUF);

    private ExportForms() {}

    /**
     * The request with the format of a draft filled in.
     *
     * @throws Refusal if the job's result has no such form
     */
    static ExportRequest checked(Job job, ExportRequest request) {
        ExportKind kind = request.kind();
        if (job.request().method() instanceof SpeculativeDraft draft) {
            requireFormOfDraft(job, draft, kind);
            requireAdapter(job, kind);
            return kind == ExportKind.DRAFT ? request.as(format(draft, request)) : request;
        }
        if (kind == ExportKind.DRAFT) {
            throw notSupported(
                    "%s trained no draft: kind 'draft' is for jobs of the method 'speculative_draft'; ask for 'merged'"
                            .formatted(job.id()));
        }
        requireAdapter(job, kind);
        return request;
    }

    private static void requireFormOfDraft(Job job, SpeculativeDraft draft, ExportKind kind) {
        if (draft.trainsHead() && OF_MODELS.contains(kind)) {
            throw notSupported(
                    ("%s trained a draft of the kind '%s', a head that works with its target only, of which there"
                                    + " is no export of kind '%s'; ask for 'draft'")
                            .formatted(job.id(), draft.kind(), kind.wireName()));
        }
    }

    /** Full training leaves no adapter to export. */
    private static void requireAdapter(Job job, ExportKind kind) {
        if (job.isFullTraining() && kind == ExportKind.ADAPTER) {
            throw notSupported(
                    ("%s trained all weights of '%s', of which there is no export of kind '%s'; ask for 'merged',"
                                    + " which holds the trained weights")
                            .formatted(job.id(), job.request().model(), kind.wireName()));
        }
    }

    private static DraftFormat format(SpeculativeDraft draft, ExportRequest request) {
        List<DraftFormat> formats = DraftFormat.of(draft.kind());
        DraftFormat asked = request.format();
        if (asked != null && !formats.contains(asked)) {
            throw Refusal.invalidValue(
                    "format",
                    "'format' must be %s for a draft of the kind '%s' but is '%s'"
                            .formatted(quoted(formats), draft.kind(), asked.wireName()));
        }
        return asked == null ? formats.get(0) : asked;
    }

    private static String quoted(List<DraftFormat> formats) {
        return formats.stream().map(WireName::wireName).collect(Collectors.joining("' or '", "'", "'"));
    }

    private static Refusal notSupported(String message) {
        return new Refusal(RefusalCode.NOT_SUPPORTED, message, "kind");
    }
}
