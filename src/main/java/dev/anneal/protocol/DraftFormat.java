package dev.anneal.protocol;

import java.util.List;

/** Formats of exported drafts. */
public enum DraftFormat implements WireName {
    /** A Hugging Face directory of a language model. */
    HUGGINGFACE,
    /** A folder of Speculators 0.9, which vLLM loads by itself. */
    SPECULATORS,
    /** A folder as SafeAILab's EAGLE names it. */
    EAGLE;

    /**
     * The formats of a kind of draft, the usual one first.
     *
     * @param draftKind as in {@link TrainingMethod.SpeculativeDraft}
     */
    public static List<DraftFormat> of(String draftKind) {
        return switch (draftKind) {
            case TrainingMethod.SpeculativeDraft.MODEL -> List.of(HUGGINGFACE);
            case TrainingMethod.SpeculativeDraft.EAGLE3 -> List.of(SPECULATORS, EAGLE);
            case TrainingMethod.SpeculativeDraft.EAGLE1 -> List.of(EAGLE);
            default -> throw new IllegalArgumentException("no kind of draft is called '" + draftKind + "'");
        };
    }
}
